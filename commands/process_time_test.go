package commands_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/process"
)

// inTime is pairUp where time passes as it does for all others.
func inTime(t *testing.T) *pairing {
	p := pairUp(t)
	p.Now, p.journal.Now = time.Now, nil
	return p
}

// Whoever asks again while it is under way waits for its end, and is answered the same.
func TestProcessAskedAgainMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := inTime(t)
		goOn := make(chan struct{})
		p.refuses = func() error { <-goOn; return nil }
		answers := make(chan domain.Position, 2)
		for range 2 {
			h, _ := p.process(journaltest.Fault{})
			go func() {
				at, err := p.ask(t, h)
				if err != nil {
					t.Error(err)
				}
				answers <- at
			}()
			synctest.Wait()
		}
		time.Sleep(time.Second)
		close(goOn)
		if one, other := <-answers, <-answers; one != other {
			t.Errorf("answered %d and %d", one, other)
		}
		if _, _, edits := p.tagged(); edits != 2 {
			t.Errorf("done %d times by half", edits)
		}
	})
}

// Nobody waits for ever for what others are at.
func TestProcessAskedAgainInVain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := inTime(t)
		h, _ := p.process(journaltest.Fault{Append: 2})
		if _, err := p.ask(t, h); !errors.Is(err, journaltest.ErrKilled) {
			t.Fatal(err)
		}
		asked := time.Now()
		if _, err := p.ask(t, p.Handler); !errors.Is(err, commands.ErrUnderway) {
			t.Errorf("answered %v", err)
		}
		if waited := time.Since(asked); waited < 9*time.Second || waited > 11*time.Second {
			t.Errorf("waited %s", waited)
		}
		time.Sleep(time.Minute)
		if _, err := p.ask(t, p.Handler); err != nil {
			t.Errorf("a minute later: %v", err)
		}
	})
}

// What takes long is told to go on, so that nobody takes it over, and it does not depend
// on whoever asked for it.
func TestProcessTakesLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := inTime(t)
		begun := time.Now()
		p.refuses = func() error { time.Sleep(time.Hour); return nil }
		ended := make(chan error)
		impatient, leave := context.WithCancel(t.Context())
		go func() {
			_, err := commands.Run(impatient, p.Handler, keyed, p.room, p.course(p.Handler), pair{p.Ada, p.Eve})
			ended <- err
		}()
		time.Sleep(time.Second)
		leave()
		other, _ := p.process(journaltest.Fault{})
		for time.Since(begun) < time.Hour-time.Minute {
			time.Sleep(7 * time.Second)
			if _, err := commands.ResumeAs(t.Context(), other, p.key(), p.course(other)); !errors.Is(err, commands.ErrUnderway) {
				t.Fatalf("after %s: %v", time.Since(begun), err)
			}
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if _, err := p.ask(t, other); err != nil {
			t.Error(err)
		}
	})
}

// Who can no longer tell that it goes on stops, long before others take it over.
func TestProcessLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := inTime(t)
		h, _ := p.process(journaltest.Fault{Append: 3, After: true})
		course := commands.CourseOf("wait", func(ctx context.Context, _ domain.By, _ commands.Room, _ pair) error {
			<-ctx.Done()
			return contact.ErrDeleted // whatever is refused now counts for nothing
		}, nil)
		begun := time.Now()
		var refused *domain.Refusal
		if _, err := commands.Run(t.Context(), h, keyed, p.room, course, pair{}); err == nil || errors.As(err, &refused) {
			t.Errorf("it ended with %v", err)
		}
		if took := time.Since(begun); took > time.Minute {
			t.Errorf("it went on for %s", took)
		}
		all := p.journal.All(0)
		if last := all[len(all)-1]; last.Event != (process.GoneOn{}) {
			t.Errorf("it ends with %s", last.Kind())
		}
	})
}
