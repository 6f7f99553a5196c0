package postgres_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"skein/adapters/postgres"
)

func start(t *testing.T, cfg postgres.ServerConfig) *postgres.Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := postgres.Start(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *postgres.Server) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func open(t *testing.T, url string) *pgxpool.Pool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	db, err := postgres.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// keep writes a number down, and is nil once that is acknowledged.
func keep(ctx context.Context, db *pgxpool.Pool, n int) error {
	_, err := db.Exec(ctx, `INSERT INTO kept VALUES ($1)`, n)
	return err
}

func prepare(t *testing.T, db *pgxpool.Pool) {
	t.Helper()
	if _, err := db.Exec(t.Context(), `CREATE TABLE kept (n int)`); err != nil {
		t.Fatal(err)
	}
}

func kept(t *testing.T, db *pgxpool.Pool) map[int]bool {
	t.Helper()
	rows, err := db.Query(t.Context(), `SELECT n FROM kept`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		t.Fatal(err)
	}
	there := make(map[int]bool, len(all))
	for _, n := range all {
		there[n] = true
	}
	return there
}

// postmaster returns the process that serves a data folder.
func postmaster(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "postgres", "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// vacated waits until nobody serves a data folder any more.
func vacated(t *testing.T, dir string) {
	t.Helper()
	for deadline := time.After(time.Minute); residents(t, dir) > 0; {
		select {
		case <-deadline:
			t.Fatal("the server runs on")
		case <-time.After(time.Millisecond):
		}
	}
}

// residents counts the processes that serve a data folder.
func residents(t *testing.T, dir string) (n int) {
	t.Helper()
	here, err := os.Stat(filepath.Join(dir, "postgres", "data"))
	if err != nil {
		t.Fatal(err)
	}
	all, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		t.Fatal(err)
	}
	for _, cwd := range all {
		if there, err := os.Stat(cwd); err == nil && os.SameFile(here, there) {
			n++
		}
	}
	return n
}
