// Package postgres opens the database of the read models, and runs a server of
// its own for it where none is given.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// maxConns bounds a pool whose url does not say pool_max_conns.
	maxConns = 16

	// A server that is not there is asked again after a pause that doubles between these two.
	shortestWait = 10 * time.Millisecond
	longestWait  = time.Second
)

// Open connects to the database at url and brings its schema up to date, in the
// first schema of the search_path. It waits for a server that is not there yet for
// as long as ctx allows. A refusal (no such database, a wrong password, a schema
// newer than this program) is returned at once. The default logger is told of a wait.
func Open(ctx context.Context, url string) (*pgxpool.Pool, error) {
	return OpenLogged(ctx, url, slog.Default())
}

// OpenLogged is Open with a logger of the caller's.
func OpenLogged(ctx context.Context, url string, log *slog.Logger) (*pgxpool.Pool, error) {
	config, err := parse(url)
	if err != nil {
		return nil, err
	}
	conn, err := connect(ctx, config.ConnConfig, log)
	if err != nil {
		return nil, err
	}
	return pool(ctx, conn, config)
}

// pool migrates through a first connection, which it closes.
func pool(ctx context.Context, conn *pgx.Conn, config *pgxpool.Config) (*pgxpool.Pool, error) {
	err := migrate(ctx, conn)
	if err := errors.Join(err, conn.Close(ctx)); err != nil {
		return nil, err
	}
	return pgxpool.NewWithConfig(ctx, config)
}

func parse(url string) (*pgxpool.Config, error) {
	plain, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	if _, said := plain.RuntimeParams["pool_max_conns"]; !said {
		config.MaxConns = maxConns
	}
	return config, nil
}

// connect waits until the server answers, and says once that it has to.
func connect(ctx context.Context, config *pgx.ConnConfig, log *slog.Logger) (*pgx.Conn, error) {
	var why error
	for wait := shortestWait; ; wait = min(2*wait, longestWait) {
		conn, err := pgx.ConnectConfig(ctx, config)
		if err == nil || refused(err) {
			return conn, err
		}
		if why == nil || ctx.Err() == nil { // an attempt that was cut short tells nothing
			why = err
		}
		if wait < longestWait && 2*wait >= longestWait {
			log.WarnContext(ctx, "waiting for Postgres", "error", why)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for Postgres (%w): %w", context.Cause(ctx), why)
		case <-time.After(wait):
		}
	}
}

// refused tells an answer from no answer. A server that is starting, stopping or
// full has not answered yet.
func refused(err error) bool {
	const cannotConnectNow, tooManyConnections = "57P03", "53300"
	var answer *pgconn.PgError
	return errors.As(err, &answer) && answer.Code != cannotConnectNow && answer.Code != tooManyConnections
}
