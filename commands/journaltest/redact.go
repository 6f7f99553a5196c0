package journaltest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"skein/commands"
	"skein/domain"
)

// runRedact tests how redacted streams are read.
func runRedact(t *testing.T, open func(t *testing.T) Ground, scavenge func(t *testing.T)) {
	for name, closed := range map[string]bool{"RedactedClosed": true, "RedactedOpen": false} {
		t.Run(name, func(t *testing.T) {
			j := open(t)
			in := "redact" + fmt.Sprint(closed)
			l := fill(t, j, in)
			s := domain.StreamOf("contact", in, "ada")
			l.redact(t, j, s, 4, closed)
			for range 2 {
				l.reads(t, j)
				l.reads(t, open(t)) // for one who knows nothing of it yet
				scavenge(t)
			}
			_, err := j.Append(t.Context(), s, uint64(len(l.of(s))), by, names("Later"))
			if closed != errors.Is(err, commands.ErrTombstoned) || !closed && err != nil {
				t.Errorf("append: %v", err)
			}
			if !closed {
				l.all = append(l.all, read(t, j, s, 5)...)
				l.redact(t, j, s, 5, false) // further on
				l.reads(t, open(t))
			}
			l.redact(t, j, s, uint64(len(l.of(s))), true)
			l.redact(t, j, s, uint64(len(l.of(s))), true) // and again otherwise
			for range 2 {
				l.reads(t, j)
				scavenge(t)
			}
			if err := j.Tombstone(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			l.all = slices.DeleteFunc(l.all, func(r domain.Recorded) bool { return r.Stream == s })
			l.ended = s
			for range 2 {
				for r, err := range j.Read(t.Context(), s, 0) {
					if !errors.Is(err, commands.ErrTombstoned) {
						t.Errorf("a destroyed stream reads %v, %v", r, err)
					}
				}
				scavenge(t)
				l.reads(t, j)
			}
		})
	}
	t.Run("RedactedNotSo", func(t *testing.T) {
		j := open(t)
		l := fill(t, j, "redactednot")
		s := l.all[0].Stream
		history := l.of(s)
		n := len(history)
		if err := j.Redact(t.Context(), s, scrubbed(history[:n-1]), true); !errors.Is(err, commands.ErrMovedOn) {
			t.Errorf("a stream is closed that has moved on: %v", err)
		}
		longer := append(slices.Clone(history), history[n-1])
		longer[n].Revision++
		longer[n].Position++
		for why, told := range map[string][]domain.Recorded{"all": history, "nothing": nil, "without its first event": history[1:], "more": longer} {
			if err := j.Redact(t.Context(), s, told, false); err == nil {
				t.Errorf("an open stream is redacted with %s", why)
			}
		}
		l.reads(t, j)
		if _, err := j.Append(t.Context(), s, uint64(n), by, names("Later")); err != nil {
			t.Error(err)
		}
		if err := j.Tombstone(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if err := j.Redact(t.Context(), s, history, true); !errors.Is(err, commands.ErrTombstoned) {
			t.Errorf("a tombstoned stream is redacted: %v", err)
		}
	})
	t.Run("RedactedCutOff", func(t *testing.T) { redactCutOff(t, open, scavenge) })
	t.Run("RedactedLate", func(t *testing.T) { redactLate(t, open) })
	t.Run("RedactedMeanwhile", func(t *testing.T) { redactMeanwhile(t, open, scavenge) })
}

// redactCutOff stops redactions wherever they can be stopped: nothing is missing then, and
// they can be done again.
func redactCutOff(t *testing.T, open func(t *testing.T) Ground, scavenge func(t *testing.T)) {
	for _, closed := range []bool{true, false} {
		for n, done := 0, false; !done; n++ {
			j := open(t)
			in := fmt.Sprint("cutoff", closed, n)
			l := fill(t, j, in)
			s := domain.StreamOf("contact", in, "ada")
			told := scrubbed(l.of(s)[:4])
			if closed {
				told = scrubbed(l.of(s))
			}
			done = j.Redact(CutOff(t.Context(), n), s, told, closed) == nil
			if n%3 == 0 {
				scavenge(t)
			}
			for i, r := range read(t, j, s, 0) {
				was := l.of(s)[i]
				if r.Position != was.Position || cmp.Diff(was.Event, r.Event) != "" && (i >= len(told) || cmp.Diff(told[i].Event, r.Event) != "") {
					t.Fatalf("cut off after %d steps, event %d reads %+v", n, i, r)
				}
			}
			if found := len(l.within(t, j)); found != len(l.all) {
				t.Fatalf("cut off after %d steps, %d events of %d are told", n, found, len(l.all))
			}
			j = open(t)
			l.told(s, told)
			if err := j.Redact(t.Context(), s, told, closed); err != nil {
				t.Fatalf("cut off after %d steps, it cannot be done again: %v", n, err)
			}
			if n%3 == 1 {
				scavenge(t)
			}
			l.reads(t, j)
			if n > 200 {
				t.Fatal("it never ends")
			}
		}
	}
}

// redactLate has others append whenever they can while a stream is closed: either they come
// too late, or nothing was done.
func redactLate(t *testing.T, open func(t *testing.T) Ground) {
	for n, done := 0, false; !done; n++ {
		j := open(t)
		in := fmt.Sprint("late", n)
		l := fill(t, j, in)
		s := domain.StreamOf("contact", in, "ada")
		before := l.of(s)
		refused := errors.New("nobody came")
		others := &interrupted{t.Context(), n, func() {
			_, refused = open(t).Append(t.Context(), s, uint64(len(before)), by, names("Others"))
		}}
		err := j.Redact(others, s, scrubbed(before), true)
		switch {
		case refused == nil && errors.Is(err, commands.ErrMovedOn):
			l.all = append(l.all, read(t, j, s, uint64(len(before)))...)
			l.reads(t, open(t))
			l.redact(t, j, s, 0, true)
		case refused != nil && err == nil:
			l.told(s, scrubbed(before))
			done = others.left >= 0 // nobody came any more
		default:
			t.Fatalf("at step %d the others got %v, and the redaction %v", n, refused, err)
		}
		l.reads(t, open(t))
	}
}

// CutOff is a context that is over when it was asked for the n-th time whether it is.
func CutOff(ctx context.Context, n int) context.Context { return &cutOff{ctx, n} }

type cutOff struct {
	context.Context
	left int
}

func (c *cutOff) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return c.Context.Err()
}

// interrupted is a context that does something when it is asked for the n-th time whether
// it is over.
type interrupted struct {
	context.Context
	left int
	by   func()
}

func (c *interrupted) Err() error {
	if c.left--; c.left == -1 {
		c.by()
	}
	return c.Context.Err()
}

// scrubbed is how a history is told once it is redacted. One event stays as it is.
func scrubbed(history []domain.Recorded) []domain.Recorded {
	told := slices.Clone(history)
	for i := range told {
		if i != 1 {
			told[i].Event = names(fmt.Sprint("redacted ", i))
		}
	}
	return told
}
