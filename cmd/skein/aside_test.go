package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// aside runs a subcommand until the test ends, or until stop, which is what it ended with.
func aside(t *testing.T, args ...string) (out *said, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out = &said{more: make(chan struct{})}
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, args, out, out) }()
	stop = func() error {
		cancel()
		err := <-ended
		ended <- err
		return err
	}
	t.Cleanup(func() { _ = stop() })
	waitFor(t, func() bool {
		select {
		case err := <-ended:
			t.Fatalf("skein %v ended with %v:\n%s", args, err, out)
		default:
		}
		return strings.Contains(out.String(), "Its folder is ")
	})
	return out, stop
}

// do runs a subcommand to its end.
func do(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), append(args, "--log-level", "error"), &out, &out)
	return out.String(), err
}

func did(t *testing.T, args ...string) string {
	t.Helper()
	out, err := do(t, args...)
	if err != nil {
		t.Fatalf("skein %v: %v\n%s", args, err, out)
	}
	return out
}

func refused(t *testing.T, want string, args ...string) {
	t.Helper()
	if out, err := do(t, args...); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("skein %v: %v\n%s", args, err, out)
	}
}

func written(t *testing.T, name, text string, mode fs.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}
