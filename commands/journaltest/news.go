package journaltest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
	"testing"

	"skein/commands"
	"skein/domain"
)

// News is a journal that can be followed, and the position of its last event.
type News interface {
	commands.Journal
	commands.News
	End(ctx context.Context) (domain.Position, error)
}

// RunNews tests following, beside what Run tests.
func RunNews(t *testing.T, open func(t *testing.T) News) {
	t.Run("Follow", func(t *testing.T) {
		j := open(t)
		add(t, j, "contact-news.ada", 0, ada, names("Ada"))
		add(t, j, "contact-other.ada", 0, ada)
		before := end(t, j)
		next, stop := iter.Pull2(j.Follow(t.Context(), 0, "contact-news.", "conversation-news."))
		defer stop()
		want := func(stream domain.Stream, revision uint64, kind string) {
			t.Helper()
			for {
				r, err, more := next()
				if !more || err != nil {
					t.Fatalf("it ended with %v", err)
				}
				if r.Stream == "" && stream != "" {
					continue // how far it has come
				}
				if r.Stream == "" && r.Position < before {
					continue
				}
				if r.Stream != stream || r.Revision != revision || kind != "" && r.Kind() != kind {
					t.Fatalf("got %+v, want %s %d", r, stream, revision)
				}
				return
			}
		}
		want("contact-news.ada", 0, ada.Kind())
		want("contact-news.ada", 1, names("").Kind())
		want("", 0, "") // before anything else is recorded
		add(t, j, "contact-other.ada", 1, names("Eve"))
		add(t, j, "conversation-news.ada", 0, ada)
		want("conversation-news.ada", 0, ada.Kind())
	})
	t.Run("FollowEnds", func(t *testing.T) {
		j := open(t)
		over, cancel := context.WithCancel(t.Context())
		come := 0
		for r, err := range j.Follow(over, 0, "contact-nowhere.") {
			if come++; err == nil {
				if r.Stream != "" {
					t.Errorf("told of %s", r.Stream)
				}
				cancel()
				continue
			}
			if !errors.Is(err, context.Canceled) {
				t.Errorf("it ended with %v", err)
			}
		}
		if come < 2 {
			t.Error("it ended without a word")
		}
		cancel()
		for range j.Follow(t.Context(), 0, "contact-nowhere.") {
			break // who has enough stops
		}
	})
	t.Run("FollowWriters", func(t *testing.T) { FollowWriters(t, open(t), func() {}) })
}

// FollowWriters has several write to two spaces, and some follow one of them who break
// off now and then and go on behind what they were told last, be it an event or how far
// they have come. They are told of everything once, in order, though disturb spoils what
// it can after every hundred events.
func FollowWriters(t *testing.T, j News, disturb func()) {
	t.Helper()
	const writers, each = 8, 60
	began := end(t, j)
	name := fmt.Sprint("writers", began)
	var writing, following sync.WaitGroup
	last := make(chan domain.Position, 2*writers)
	written := make(chan struct{})
	for w := range 2 * writers {
		in := name
		if w%2 == 1 {
			in = "not" + name
		}
		writing.Go(func() {
			var at domain.Position
			for n := range uint64(each) {
				var err error
				if at, err = j.Append(t.Context(), domain.StreamOf("contact", in, fmt.Sprint(w)), n, by, names(fmt.Sprint(n))); err != nil {
					t.Error(err)
					break
				}
				written <- struct{}{}
			}
			last <- at
		})
	}
	told := make([][]domain.Recorded, 3)
	until := make(chan struct{})
	var final domain.Position
	for f := range told {
		following.Go(func() {
			at := began
			for over := false; !over; {
				patience := 1 + rand.IntN(150)
				for r, err := range j.Follow(t.Context(), at, "contact-"+name+".") {
					if err != nil {
						t.Errorf("follower %d: %v", f, err)
						return
					}
					if r.Position < at || r.Stream != "" && r.Position == at {
						t.Errorf("follower %d was told of %d after %d", f, r.Position, at)
						return
					}
					if at = r.Position; r.Stream != "" {
						told[f] = append(told[f], r)
					}
					select {
					case <-until:
						over = at >= final
					default:
					}
					if patience--; over || patience == 0 {
						break
					}
				}
			}
		})
	}
	go func() {
		writing.Wait()
		close(written)
	}()
	for n := 1; ; n++ {
		if _, more := <-written; !more {
			break
		}
		if n%100 == 0 {
			disturb()
		}
	}
	for range 2 * writers {
		final = max(final, <-last)
	}
	close(until)
	add(t, j, domain.StreamOf("contact", name, "end"), 0, ada) // wakes those who have come to the end already
	following.Wait()
	for f, all := range told {
		next := map[domain.Stream]uint64{}
		for _, r := range all {
			if r.Revision != next[r.Stream] {
				t.Fatalf("follower %d was told of revision %d of %s, want %d", f, r.Revision, r.Stream, next[r.Stream])
			}
			next[r.Stream]++
		}
		for w := 0; w < 2*writers; w += 2 {
			if s := domain.StreamOf("contact", name, fmt.Sprint(w)); next[s] != each {
				t.Errorf("follower %d was told of %d events of %s", f, next[s], s)
			}
		}
		if len(next) > writers+1 {
			t.Errorf("follower %d was told of %d streams", f, len(next))
		}
	}
}

func end(t *testing.T, j News) domain.Position {
	t.Helper()
	at, err := j.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return at
}
