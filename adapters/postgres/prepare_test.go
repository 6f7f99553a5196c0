package postgres_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"skein/adapters/postgres"
	"skein/adapters/postgres/postgrestest"
)

// moment is a context that ends when it has been asked so many times whether it has.
type moment struct {
	context.Context
	left atomic.Int64
	end  context.CancelFunc
}

func after(t *testing.T, asked int64) *moment {
	ctx, end := context.WithCancel(t.Context())
	m := &moment{Context: ctx, end: end}
	m.left.Store(asked)
	return m
}

func (m *moment) ask() {
	if m.left.Add(-1) < 0 {
		m.end()
	}
}

func (m *moment) Done() <-chan struct{} { m.ask(); return m.Context.Done() }
func (m *moment) Err() error            { m.ask(); return m.Context.Err() }

func TestAFirstStartMayBeInterruptedAtAnyMoment(t *testing.T) {
	t.Parallel()
	for asked := int64(0); ; asked++ {
		config := postgrestest.Config(t)
		c, err := postgres.Prepare(after(t, asked), config)
		if err == nil {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
			if asked < 4 {
				t.Errorf("it was interrupted at %d moments only", asked)
			}
			return
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("at moment %d: %v", asked, err)
		}
		if c, err = postgres.Prepare(t.Context(), config); err != nil {
			t.Fatal(err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if home, err := os.Lstat(filepath.Join(config.Dir, "postgres")); err != nil || !home.IsDir() {
			t.Errorf("after moment %d the data moved elsewhere: %v, %v", asked, home.Mode(), err)
		}
	}
}

func TestInitdbMayBeInterrupted(t *testing.T) {
	t.Parallel()
	config := postgrestest.Config(t)
	config.Cache = ""
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	failed := make(chan error)
	go func() {
		_, err := postgres.Prepare(ctx, config)
		failed <- err
	}()
	making := filepath.Join(config.Dir, "postgres", "making", "base")
	for deadline := time.After(time.Minute); ; {
		if _, err := os.Stat(making); err == nil {
			break
		}
		select {
		case err := <-failed:
			t.Fatal(err)
		case <-deadline:
			t.Fatal("nothing is made")
		case <-time.After(time.Millisecond):
		}
	}
	stop()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	start(t, config)
}

// A first start that is interrupted says so, and is not in the way of the next.
func TestPrepareInterrupted(t *testing.T) {
	t.Parallel()
	config := postgrestest.Config(t)
	config.Cache = "" // a new cluster, not a copy of one
	over, stop := context.WithCancel(t.Context())
	stop()
	if _, err := postgres.Prepare(over, config); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	c, err := postgres.Prepare(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
