package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"skein/adapters/eventnode"
	"skein/adapters/eventstore"
	"skein/adapters/postgres"
	"skein/adapters/secrets"
	"skein/commands"
	"skein/domain"
	"skein/domain/audit"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/credential"
	"skein/domain/erasure"
	"skein/domain/identifier"
	"skein/domain/inbox"
	"skein/domain/installation"
	"skein/domain/intake"
	"skein/domain/invitation"
	"skein/domain/mailbox"
	"skein/domain/organization"
	"skein/domain/pair"
	"skein/domain/process"
	"skein/domain/space"
	"skein/projections"
)

// codec knows every event there is.
var codec = domain.NewCodec(
	organization.Facts, space.Facts, contact.Facts, conversation.Facts, identifier.Facts,
	inbox.Facts, mailbox.Facts, intake.Facts, credential.Facts, installation.Facts,
	invitation.Facts, audit.Facts, process.Facts, pair.Facts, erasure.Facts,
)

// house is the parts everything else is made of. Those that are not used by a
// subcommand are nil.
type house struct {
	log     *slog.Logger
	conn    *eventstore.Connection
	journal *eventstore.Journal
	node    *eventnode.Node // nil where the journal is another's
	db      *pgxpool.Pool

	target, url string // where journal and database are

	closers []func() error // in the order of opening
}

// part is something a house can have.
type part func(ctx context.Context, s *settings, h *house) error

// enter is open for an installation that is there already.
func enter(ctx context.Context, s *settings, parts ...part) (*house, error) {
	_, err := os.Stat(s.journal())
	if s.EventStore == "" && errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no installation in %s: start one with skein serve, or name its folder with --data", absolute(s.Data))
	}
	return open(ctx, s, parts...)
}

// journal is the folder of an event node of our own.
func (s *settings) journal() string { return filepath.Join(s.Data, "journal") }

// keys are those that secrets are kept under.
func (s *settings) keys() (*secrets.Keys, error) {
	return secrets.Open(filepath.Join(s.Data, "keys"), s.Key)
}

// open makes a house of parts. What a server that runs in the data folder has
// already is shared with it. Who opens a house closes it.
func open(ctx context.Context, s *settings, parts ...part) (*house, error) {
	h := &house{log: s.log()}
	if err := os.MkdirAll(s.Data, 0o711); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	all, ctx := errgroup.WithContext(ctx)
	ready := make([]house, len(parts)) // each part in a house of its own, for they open side by side
	for i, p := range parts {
		ready[i].log = h.log
		all.Go(func() error { return p(ctx, s, &ready[i]) })
	}
	err := all.Wait()
	for _, r := range ready {
		h.closers = append(h.closers, r.closers...)
		if r.conn != nil {
			h.conn, h.journal, h.node, h.target = r.conn, r.journal, r.node, r.target
		}
		if r.db != nil {
			h.db, h.url = r.db, r.url
		}
	}
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// Close closes the parts, the last opened first.
func (h *house) Close() error {
	var errs []error
	for i := len(h.closers) - 1; i >= 0; i-- {
		errs = append(errs, h.closers[i]())
	}
	h.closers = nil
	return errors.Join(errs...)
}

// withJournal opens the journal: the given one, that of the server that runs, or
// an event node of our own.
func withJournal(ctx context.Context, s *settings, h *house) error {
	target := s.EventStore
	if target == "" && !s.serving {
		running, err := runningIn(s.Data)
		if err != nil {
			return err
		}
		target = running.Journal
	}
	if target == "" {
		node, err := eventnode.Start(eventnode.Config{Dir: s.journal(), Log: h.log})
		if errors.Is(err, eventnode.ErrInUse) {
			return fmt.Errorf("event node: %w: stop it, or set EVENTSTORE to where it serves", err)
		}
		if err != nil {
			return fmt.Errorf("event node: %w", err)
		}
		h.closers = append(h.closers, node.Close)
		h.node, target = node, node.Target()
	}
	conn, err := eventstore.Dial(target, h.log)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	h.closers = append(h.closers, conn.Close)
	h.conn, h.journal, h.target = conn, eventstore.NewJournal(conn, codec), target
	return nil
}

// withDatabase opens the database of the read models: the given one, that of the
// server that runs, or one served by us.
func withDatabase(ctx context.Context, s *settings, h *house) error {
	url := s.Postgres
	if url == "" && !s.serving {
		running, err := runningIn(s.Data)
		if err != nil {
			return err
		}
		url = running.Database
	}
	connect := func(ctx context.Context) (*pgxpool.Pool, error) { return postgres.OpenLogged(ctx, url, h.log) }
	if url == "" {
		server, err := postgres.Start(ctx, postgres.ServerConfig{Dir: s.Data, Log: h.log})
		if err != nil {
			return fmt.Errorf("database: %w", err)
		}
		h.closers = append(h.closers, server.Close)
		url, connect = server.URL(), server.Open
	}
	db, err := connect(ctx)
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	h.closers = append(h.closers, func() error { db.Close(); return nil })
	h.db, h.url = db, url
	return nil
}

// commandsOn is what carries out commands on the journal of the house, which has to
// go with the installation's keys and from then on chains what it records.
func (h *house) commandsOn(ctx context.Context, s *settings, mail commands.Mail) (*commands.Handler, error) {
	keys, err := s.keys()
	if err != nil {
		return nil, err
	}
	h.journal = h.journal.Chained(keys.Link)
	do := &commands.Handler{
		Journal: h.journal, Now: time.Now, NewID: newID, Hash: keys.Hash, Seal: keys, Mail: mail,
	}
	if s.serving && s.EventStore == "" {
		do.Alone = time.Now() // nobody else writes to the node of a folder that is served
	}
	return do, do.Begin(ctx)
}

// newID is an id that nobody had before, later ones sorting behind earlier ones.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// projectors keep the read models, each under the name of its checkpoint.
func (h *house) projectors() map[string]*projections.Projector {
	all := map[string]*projections.Projector{}
	for name, p := range map[string]projections.Projection{
		"contacts": projections.Contacts{}, "spaces": projections.Spaces{}, "mailboxes": projections.Mailboxes{},
		"credentials": projections.Credentials{}, "audit": projections.Audit{},
		"processes": projections.Processes{}, "suggestions": projections.Suggestions{}, "erasures": projections.Erasures{},
	} {
		all[name] = &projections.Projector{Name: name, Projection: p, DB: h.db}
	}
	return all
}
