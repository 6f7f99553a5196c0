package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"syscall"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"skein/adapters/feed"
	"skein/adapters/httpapi"
	"skein/adapters/imapsync"
	"skein/domain"
	"skein/projections"
)

// collectSeldom has garbage collected less often than usual, unless the environment
// says how often: a small heap is collected too often for the load it carries.
func collectSeldom() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
}

// serve runs everything.
type serve struct {
	Listen           string `env:"SKEIN_LISTEN" default:"127.0.0.1:8080" help:"Address of the API."`
	RateLimit        int    `env:"SKEIN_RATE_LIMIT" default:"60000" help:"How many requests a minute one credential may send; 0: any number."`
	AllowPrivateMail bool   `env:"SKEIN_ALLOW_PRIVATE_MAIL" help:"Let mailboxes be on loopback and private addresses, and on any port."`

	issuer
}

// Run serves until ctx is over.
func (cmd serve) Run(ctx context.Context, s *settings) (err error) {
	s.serving = true
	collectSeldom()
	here, err := occupy(s.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, here.leave()) }()
	if _, err := s.keys(); err != nil {
		return err // before anything is started for nothing
	}
	if cmd.RateLimit < 0 {
		return errors.New("SKEIN_RATE_LIMIT is a number of requests a minute, or 0 for any number")
	}
	bearer, err := cmd.bearer(s.log())
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cmd.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%w: set SKEIN_LISTEN to another address, or stop what listens there", err)
	}
	if err != nil {
		return err
	}
	defer listener.Close()
	h, err := open(ctx, s, withJournal, withDatabase)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	here.Journal, here.Database = h.target, h.url
	if err := here.tell(); err != nil {
		return err
	}

	if err := h.sameJournal(ctx); err != nil {
		return err // before anything is written to it
	}
	unchained, err := h.journal.End(ctx)
	if err != nil {
		return err
	}
	handler, err := h.commandsOn(ctx, s, imapsync.Mail{Client: imapsync.Client{AllowPrivate: cmd.AllowPrivateMail}})
	if err != nil {
		return err
	}
	if err := h.sameJournal(ctx); err != nil { // it may have begun just now
		return err
	}
	if err := h.noteChained(ctx, unchained); err != nil {
		return err
	}
	metrics := prometheus.NewRegistry()
	if h.node != nil {
		metrics.MustRegister(h.node)
	}
	projectors := h.projectors()
	if err := projections.NoteBegun(ctx, h.db, unchained, slices.Collect(maps.Keys(projectors))...); err != nil {
		return err
	}
	handler.Gate = &projections.Gate{Contacts: projectors["contacts"], End: h.journal.End}
	handler.Showing = &projections.Showing{Contacts: projectors["contacts"], End: h.journal.End}
	handler.Ground = h.still(ctx.Done(), projectors)
	others := &intaker{db: h.db, take: handler.TakeUp, log: h.log, news: make(chan struct{}, 1)}
	reader := &mailReader{Projector: projectors["mailboxes"], handler: handler, log: h.log, news: make(chan struct{}, 1), others: others}
	wrecker := &demolisher{
		Projector: projectors["spaces"], all: projectors, handler: handler, ground: h.journal,
		scavenge: h.scavenge, log: h.log, news: make(chan struct{}, 1),
	}
	eraser := h.eraserOf(projectors, handler, metrics)
	finisher := h.finisherOf(projectors["processes"], handler, metrics)
	finisher.ended = eraser.hear
	router, err := h.follow(projectors, map[string]feed.Follower{"mailboxes": reader, "spaces": wrecker, "processes": finisher, "erasures": eraser}, metrics)
	if err != nil {
		return err
	}
	api := &httpapi.API{
		Commands: handler, DB: h.db, Projectors: projectors, Ready: h.journal.End, Records: h.journal, News: h.journal,
		Log: h.log, Metrics: metrics, Version: about(), Bearer: bearer, Limit: cmd.RateLimit,
	}
	server := &http.Server{
		Handler: api.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(h.log.Handler(), slog.LevelWarn),
	}
	server.RegisterOnShutdown(api.EndListening)
	welcome, err := h.firstStart(ctx, handler)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "Skein is at http://%s (read about it at /docs)\nIts data lies in %s\n%s", listener.Addr(), absolute(s.Data), welcome)

	all, ctx := errgroup.WithContext(ctx)
	all.Go(func() error { return router.Run(ctx) })
	all.Go(func() error { return api.KeepUses(ctx) })
	all.Go(func() error { return api.NoteAttempts(ctx) })
	all.Go(func() error { return reader.run(ctx) })
	all.Go(func() error { return others.run(ctx) })
	all.Go(func() error { return wrecker.run(ctx) })
	all.Go(func() error { return finisher.run(ctx) })
	all.Go(func() error { return eraser.run(ctx) })
	all.Go(func() error { return h.keepNoting(ctx) })
	all.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	all.Go(func() error {
		<-ctx.Done()
		bounded, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer stop()
		if server.Shutdown(bounded) != nil {
			return server.Close() // whoever still streams starts anew elsewhere
		}
		return nil
	})
	return all.Wait()
}

// follow lets the projectors follow the journal, each at its own pace, and in place
// of some of them those that do more with it.
func (h *house) follow(projectors map[string]*projections.Projector, more map[string]feed.Follower, metrics *prometheus.Registry) (*message.Router, error) {
	followers := map[string]feed.Follower{}
	for name, p := range projectors {
		followers[name] = p
	}
	maps.Copy(followers, more)
	return feed.Router(feed.Routing{
		Subscriber: &feed.Subscriber{
			Journal: h.conn, Log: h.log,
			Checkpoint: func(ctx context.Context, follower string) (domain.Position, error) {
				return projectors[follower].Checkpoint(ctx)
			},
		},
		Codec: codec, Followers: followers, Log: h.log, Metrics: metrics,
		Poison: projections.Poisonous,
		Park: func(ctx context.Context, follower string, e feed.Line, reason error) error {
			return projections.Park(ctx, h.db, follower, e.Position, e.Stream, e.Kind, reason)
		},
	})
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}
