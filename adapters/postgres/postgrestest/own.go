package postgrestest

import (
	"context"
	"log/slog"
	"os"
	"testing"

	"skein/adapters/postgres"
)

// Server starts a durable server of the test's own, which it may kill.
func Server(t testing.TB) *postgres.Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	s, err := postgres.Start(ctx, Config(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Config is for a test that starts such a server itself: a new data folder, which
// goes with the test, and the test's log.
func Config(t testing.TB) postgres.ServerConfig {
	t.Helper()
	dir, err := folder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := remove(dir); err != nil {
			t.Error(err)
		}
	})
	return postgres.ServerConfig{
		Dir:   dir,
		Log:   slog.New(slog.NewTextHandler(t.Output(), nil)),
		Cache: cache(),
	}
}

// folder makes a data folder that root's server can get to and whose name is short
// enough for a socket, neither of which is sure of one in TMPDIR.
func folder() (string, error) {
	dir, err := os.MkdirTemp(near, prefix+"*")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o711)
}
