package eventstore_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"skein/adapters/eventstore"
	"skein/domain"
)

// The product sees every event at the time it was recorded first.
func TestTimesSurviveACopy(t *testing.T) {
	t.Parallel()
	here, there := newSite(t), newSite(t)
	backlog(t, open(t, here.Target()), 300)
	done := copied(t, eventstore.Copy{From: here.conn, To: there.conn})
	if done.Events != 300 || done.Streams != 3 || done.Undated != 0 {
		t.Errorf("%+v", done)
	}
	all := func(s site) (all []domain.Recorded) {
		for r, err := range eventstore.NewJournal(s.conn, codec).All(t.Context(), 0) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, r)
		}
		return all
	}
	if diff := cmp.Diff(all(here), all(there)); diff != "" {
		t.Error(diff)
	}
	one := func(s site) (at time.Time) {
		for r, err := range eventstore.NewJournal(s.conn, codec).Read(t.Context(), domain.StreamOf("contact", "backlog", "0"), 0) {
			if err != nil {
				t.Fatal(err)
			}
			at = r.At
		}
		return at
	}
	if !one(here).Equal(one(there)) {
		t.Errorf("%s became %s", one(here), one(there))
	}
}

// Only the time of copying is told of an event that would become too large with its own.
func TestALargestEventIsCopied(t *testing.T) {
	t.Parallel()
	here, there := newSite(t), newSite(t)
	meta := `{"by":"ada"}`
	here.says(t, "ada", strings.Repeat("x", 1<<20-len(meta)-2*len("said")))
	if done := copied(t, eventstore.Copy{From: here.conn, To: there.conn}); done.Events != 1 || done.Undated != 1 {
		t.Errorf("%+v", done)
	}
}

// A copy that follows goes on until it is told to end.
func TestACopyFollows(t *testing.T) {
	t.Parallel()
	here, there := newSite(t), newSite(t)
	here.says(t, "ada", `{"n":0}`)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	moved, ended := make(chan struct{}, 1), make(chan error, 1)
	go func() {
		_, err := eventstore.Copy{From: here.conn, To: there.conn, Follow: true, Progress: func(_, _ domain.Position) {
			select {
			case moved <- struct{}{}:
			default:
			}
		}}.Run(ctx)
		ended <- err
	}()
	for _, n := range []string{`{"n":1}`, `{"n":2}`} {
		here.says(t, "ada", n)
		for there.texts(t) != here.texts(t) {
			select {
			case <-moved:
			case err := <-ended:
				t.Fatal(err)
			}
		}
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
