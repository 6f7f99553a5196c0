// Package postgrestest lends tests a database of their own.
//
// Nothing is needed beforehand but an installed Postgres. The first test of a
// process that asks starts a server, which ends with the process.
package postgrestest

import (
	"context"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"skein/adapters/postgres"
)

// soon is how long anything here may take on a busy machine.
const soon = 30 * time.Second

// Open returns a database with today's schema and nothing in it, that goes with the test.
func Open(t testing.TB) *pgxpool.Pool {
	t.Helper()
	at := URL(t)
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	db, err := postgres.Open(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// URL returns how to connect to such a database, for a test that opens a pool itself.
func URL(t testing.TB) string {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d", s.databases.Add(1))
	t.Cleanup(func() { exec(t, s, `DROP DATABASE `+name+` WITH (FORCE)`) })
	exec(t, s, `CREATE DATABASE `+name+` TEMPLATE `+template+` STRATEGY file_copy`) // the log of 8 MB takes longer
	return database(s.office, name)
}

// database is the same server's of another name.
func database(server, name string) string {
	at, err := url.Parse(server)
	if err != nil {
		panic(err) // it is ours
	}
	at.Path = "/" + name
	return at.String()
}

func exec(t testing.TB, s *server, sql string) {
	t.Helper()
	// The test's own context is over when it cleans up.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), soon)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.office)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatal(err)
	}
}
