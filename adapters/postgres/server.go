package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// A server that ended by itself is started again after a pause that doubles
	// between these two, and is short again once a server has lasted a longest one.
	shortestPause = 20 * time.Millisecond
	longestPause  = 10 * time.Second

	// enough is how long a server of our own is waited for.
	enough = 30 * time.Second
)

var (
	errSilent = fmt.Errorf("it took no connections and said nothing for %v", enough)
	errAway   = fmt.Errorf("it took no connections for %v", enough)
)

// A Server is a Postgres of our own that we keep running.
type Server struct {
	cluster *Cluster
	log     *serverLog
	close   func() error

	ready atomic.Bool   // has been, once
	over  chan struct{} // closed when nothing runs and nothing will
	why   error         // it never got ready; to be read once over
}

// ServerConfig says where a Server keeps its data and where it tells of itself.
type ServerConfig struct {
	// Dir is the data folder. The cluster is in Dir/postgres, or in what that links to.
	Dir string

	// Log is told at info where the data lies, at error of a server that ended by
	// itself, and of every line it says: at debug or, for a complaint, at warn and
	// above. Nil is the default logger.
	Log *slog.Logger

	// Cache is a folder that keeps one new cluster for others to begin as a copy of
	// it, which takes a tenth of the time. The copy is not synced to disk: for tests.
	Cache string
}

// Start serves the cluster in the data folder, which it makes where there is none,
// and returns once connections are taken. It returns ErrNotInstalled and ErrInUse,
// and gives a server up that says nothing for 30 seconds: one that has much to
// recover tells every 10 how far it is (log_startup_progress_interval).
//
// The server is started again whenever it ends by itself. It ends with us: in Close,
// and on Linux also when we are killed.
func Start(ctx context.Context, cfg ServerConfig) (*Server, error) {
	cluster, err := Prepare(ctx, cfg)
	if err != nil {
		return nil, err
	}
	log, err := openLog(cluster)
	if err != nil {
		return nil, errors.Join(err, cluster.Close())
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	s := &Server{cluster: cluster, log: log, over: make(chan struct{})}
	s.close = sync.OnceValue(func() error {
		stop()
		<-s.over
		return errors.Join(cluster.evict(context.Background()), log.Close(), cluster.Close())
	})
	go s.supervise(running)
	if err := s.await(ctx); err != nil {
		said := log.ending()
		err = errors.Join(err, s.Close())
		if s.why != nil {
			said = log.ending() // all it said before it ended is read by now
		}
		return nil, fmt.Errorf("start Postgres: %w%s", err, said)
	}
	cluster.log.Info("Postgres is up", "folder", cluster.home, "as", cluster.name)
	return s, nil
}

// URL returns how to connect to the server. It stays the same when the server is started again.
func (s *Server) URL() string { return s.cluster.URL() }

// Open is the Open of a server of our own, which is waited for 30 seconds at most.
func (s *Server) Open(ctx context.Context) (*pgxpool.Pool, error) {
	config, err := parse(s.URL())
	if err != nil {
		return nil, err
	}
	waiting, stop := context.WithTimeoutCause(ctx, enough, errAway)
	defer stop()
	conn, err := connect(waiting, config.ConnConfig, s.cluster.log)
	if err != nil {
		return nil, fmt.Errorf("%w%s", err, s.log.ending())
	}
	return pool(ctx, conn, config)
}

// Close stops the server: connections are closed and transactions that are not
// committed are undone. It returns once no process of it is left.
func (s *Server) Close() error { return s.close() }

// await returns when the server takes connections, or cannot be started.
func (s *Server) await(ctx context.Context) error {
	heard, since := s.log.records.Load(), time.Now()
	for !s.cluster.ready() {
		if now := s.log.records.Load(); now != heard {
			heard, since = now, time.Now()
		} else if time.Since(since) >= enough {
			return errSilent
		}
		select {
		case <-s.over:
			return s.why
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(5 * time.Millisecond):
		}
	}
	s.ready.Store(true)
	return nil
}

// supervise runs the server, again and again until ctx is done.
func (s *Server) supervise(ctx context.Context) {
	defer close(s.over)
	for pause := shortestPause; ; pause = min(2*pause, longestPause) {
		began := time.Now()
		err := s.serve(ctx)
		if ctx.Err() != nil {
			return
		}
		if !s.ready.Load() {
			s.why = err
			return
		}
		if time.Since(began) > longestPause {
			pause = shortestPause
		}
		s.cluster.log.Error("Postgres ended by itself and is started again", "error", err, "in", pause)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		if err := s.cluster.evict(ctx); err != nil {
			s.cluster.log.Error("Postgres left processes behind", "error", err)
		}
	}
}

// serve runs the server once.
func (s *Server) serve(ctx context.Context) error {
	cmd := s.cluster.Command(ctx)
	cmd.Stderr = s.log.in
	return tethered(cmd)
}
