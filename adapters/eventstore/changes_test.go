package eventstore_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"skein/adapters/eventstore"
	"skein/adapters/eventstore/outage"
	"skein/commands/journaltest"
	"skein/domain"
)

func TestNews(t *testing.T) {
	t.Parallel()
	target := start(t, t.TempDir()).Target()
	journaltest.RunNews(t, func(t *testing.T) journaltest.News { return open(t, target) })
}

// Whoever follows is told of everything once and in order, though all connections are
// cut again and again.
func TestNewsCut(t *testing.T) {
	t.Parallel()
	proxy, err := outage.Start(start(t, t.TempDir()).Target())
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	reset := false
	journaltest.FollowWriters(t, open(t, proxy.Target()), func() {
		if reset = !reset; reset {
			proxy.Reset()
		} else {
			proxy.Cut()
		}
	})
}

// Nor does it matter to them that the node starts anew.
func TestNewsRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	node := start(t, dir)
	journaltest.FollowWriters(t, open(t, node.Target()), func() {
		if err := node.Close(); err != nil {
			t.Error(err)
		}
		node = start(t, dir)
	})
}

// A silent stretch is told of while it lasts, so that nobody reads it again. What
// cannot be read is told of too, and holds up nothing.
func TestNewsSilence(t *testing.T) {
	t.Parallel()
	target := start(t, t.TempDir()).Target()
	j := open(t, target)
	heard := make(chan domain.Recorded)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		for r, err := range open(t, target).Follow(ctx, 0, "contact-quiet.") {
			if err != nil {
				ended <- err
				return
			}
			select {
			case heard <- r:
			case <-ctx.Done():
			}
		}
	}()
	next := func() (r domain.Recorded) {
		t.Helper()
		select {
		case r = <-heard:
		case err := <-ended:
			t.Fatal(err)
		case <-time.After(10 * time.Second):
			t.Fatal("nothing comes")
		}
		return r
	}
	first := next()
	backlog(t, j, 3000)
	if r := next(); r.Stream != "" || r.Position <= first.Position {
		t.Errorf("in silence it was told of %+v", r)
	}
	strange := eventstore.NewJournal(dial(t, target), domain.NewCodec([]domain.Fact{domain.FactOf[odd]()}))
	at, err := strange.Append(t.Context(), "contact-quiet.ada", 0, by, odd{})
	if err != nil {
		t.Fatal(err)
	}
	r := next()
	for r.Stream == "" {
		r = next()
	}
	if r.Stream != "contact-quiet.ada" || r.Position != at || r.Event != nil {
		t.Errorf("what cannot be read comes as %+v", r)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}

// odd is an event that others do not know.
type odd struct{}

func (odd) Kind() string { return "contact.odd" }
