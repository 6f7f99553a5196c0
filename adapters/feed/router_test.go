package feed_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/prometheus/client_golang/prometheus"

	"skein/adapters/feed"
	"skein/domain"
	"skein/domain/contact"
	"skein/projections"
)

var _ feed.Follower = (*projections.Projector)(nil)

// reader is a follower that reads names of contacts.
type reader struct {
	trouble func(name string) error // what keeps it from following
	ends    chan domain.Position
	names   []string
}

func (*reader) Concerns(s domain.Stream) bool { return s.Category() == "contact" }

func (f *reader) Follow(_ context.Context, page projections.Page) error {
	var names []string
	for _, r := range page.Events {
		name := r.Event.(contact.Edited).Says["first_name"]
		if f.trouble != nil {
			if err := f.trouble(name); err != nil {
				return err
			}
		}
		names = append(names, name)
	}
	f.names = append(f.names, names...)
	f.ends <- page.End
	return nil
}

var (
	errPoison = errors.New("no such letter")
	errAway   = errors.New("the database is away")
)

// route runs a router for the follower, and returns what it parks.
func route(t *testing.T, sub message.Subscriber, f feed.Follower, metrics prometheus.Registerer) (parked chan feed.Line) {
	t.Helper()
	parked = make(chan feed.Line, 16)
	router, err := feed.Router(feed.Routing{
		Subscriber: sub, Codec: codec, Log: quiet, Metrics: metrics,
		Followers: map[string]feed.Follower{"names": f},
		Poison:    func(err error) bool { return errors.Is(err, errPoison) },
		Park: func(_ context.Context, follower string, l feed.Line, reason error) error {
			if follower != "names" || reason == nil {
				t.Errorf("parked for %s because of %v", follower, reason)
			}
			parked <- l
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ran := make(chan error)
	go func() { ran <- router.Run(context.WithoutCancel(t.Context())) }()
	t.Cleanup(func() {
		if err := errors.Join(router.Close(), <-ran); err != nil {
			t.Error(err)
		}
	})
	<-router.Running()
	return parked
}

// until waits for a follower to reach a position.
func (f *reader) until(at domain.Position) {
	for end := range f.ends {
		if end >= at {
			return
		}
	}
}

func TestRouter(t *testing.T) {
	t.Parallel()
	node := start(t, t.TempDir())
	j, sub := journal(t, node)
	add(t, j, "contact-lab.ada", 0, named("Ada"), named("Countess"))
	foreign(t, node.Target(), "billing-42", "no.business_of_ours")
	at := add(t, j, "contact-lab.eve", 0, named("Eve"))
	f := &reader{ends: make(chan domain.Position, 16)}
	parked := route(t, sub, f, nil)
	f.until(at)
	if want := []string{"Ada", "Countess", "Eve"}; !slices.Equal(f.names, want) {
		t.Errorf("followed %q, want %q", f.names, want)
	}
	if len(parked) > 0 {
		t.Errorf("parked %v", <-parked)
	}
}

// The events that cannot be followed are parked, in order, and all others followed.
func TestPoison(t *testing.T) {
	t.Parallel()
	node := start(t, t.TempDir())
	j, sub := journal(t, node)
	add(t, j, "contact-lab.ada", 0, named("Ada"), named("poison"), named("Countess"))
	foreign(t, node.Target(), "contact-lab.ada", "contact.unheard_of")
	at := add(t, j, "contact-lab.eve", 0, named("panic"), named("Eve"), named("poison"))
	f := &reader{ends: make(chan domain.Position, 16), trouble: func(name string) error {
		switch name {
		case "poison":
			return fmt.Errorf("follow: %w", errPoison)
		case "panic":
			panic("no such letter")
		}
		return nil
	}}
	metrics := prometheus.NewRegistry()
	parked := route(t, sub, f, metrics)
	f.until(at)
	if want := []string{"Ada", "Countess", "Eve"}; !slices.Equal(f.names, want) {
		t.Errorf("followed %q, want %q", f.names, want)
	}
	for _, want := range []string{"contact-lab.ada 1", "contact-lab.ada 3", "contact-lab.eve 0", "contact-lab.eve 2"} {
		l := <-parked
		if got := fmt.Sprint(l.Stream, " ", l.Revision); got != want {
			t.Errorf("parked %s, want %s", got, want)
		}
	}
	told, err := metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, m := range told {
		fmt.Fprintln(&all, m)
	}
	if !strings.Contains(all.String(), `name:"skein_feed_parked_total"`) || !strings.Contains(all.String(), "counter:{value:4") {
		t.Errorf("told %s", all.String())
	}
}

// What passes is waited for, and nothing is parked.
func TestTransient(t *testing.T) {
	t.Parallel()
	j, sub := journal(t, start(t, t.TempDir()))
	at := add(t, j, "contact-lab.ada", 0, named("Ada"), named("Countess"))
	failures := 0
	f := &reader{ends: make(chan domain.Position, 16), trouble: func(name string) error {
		if name == "Countess" && failures < 4 {
			failures++
			return errAway
		}
		return nil
	}}
	parked := route(t, sub, f, nil)
	f.until(at)
	if want := []string{"Ada", "Countess"}; !slices.Equal(f.names, want) {
		t.Errorf("followed %q, want %q", f.names, want)
	}
	if len(parked) > 0 {
		t.Errorf("parked %v", <-parked)
	}
}

// A router can be closed while a follower has been failing.
func TestCloseWhileAway(t *testing.T) {
	t.Parallel()
	j, sub := journal(t, start(t, t.TempDir()))
	add(t, j, "contact-lab.ada", 0, named("Ada"))
	failed := make(chan struct{}, 16)
	route(t, sub, &reader{trouble: func(string) error {
		failed <- struct{}{}
		return errAway
	}}, nil)
	<-failed
	<-failed
}
