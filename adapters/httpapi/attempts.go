package httpapi

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"skein/commands"
	"skein/domain"
	"skein/domain/audit"
	"skein/domain/organization"
)

// maxAttempts is how many refused attempts of one actor are noted one by one in a
// minute. The rest of them is counted, so that nobody floods the audit log.
const maxAttempts = 60

// attempts counts refused attempts by actor, each from the first one on for a minute.
// The zero attempts is ready for use.
type attempts struct {
	mu     sync.Mutex
	lately map[attempter]tries
}

type attempter struct {
	of    organization.ID
	actor domain.Actor
}

type tries struct {
	since time.Time
	n     int
}

// few counts an attempt, and reports whether it is to be noted by itself.
func (c *attempts) few(who commands.Principal, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lately == nil {
		c.lately = map[attempter]tries{}
	}
	one := attempter{who.Organization, who.Actor}
	t, known := c.lately[one]
	if !known {
		t.since = now
	}
	t.n++
	c.lately[one] = t
	return t.n <= maxAttempts
}

// over forgets those whose minute is over, and returns those that had too many.
func (c *attempts) over(now time.Time) map[attempter]tries {
	c.mu.Lock()
	defer c.mu.Unlock()
	many := map[attempter]tries{}
	for one, t := range c.lately {
		if now.Sub(t.since) < time.Minute {
			continue
		}
		delete(c.lately, one)
		if t.n > maxAttempts {
			many[one] = t
		}
	}
	return many
}

// NoteAttempts notes, twice a minute, how many refused attempts of each actor were not
// noted one by one, and at the end those of the last minute.
func (a *API) NoteAttempts(ctx context.Context) error {
	halves := time.NewTicker(time.Minute / 2)
	defer halves.Stop()
	for {
		select {
		case <-halves.C:
			a.noteAttempts(ctx, a.Commands.Now())
		case <-ctx.Done():
			a.noteAttempts(ctx, a.Commands.Now().Add(time.Minute))
			return nil
		}
	}
}

func (a *API) noteAttempts(ctx context.Context, now time.Time) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), keepTime)
	defer stop()
	for one, t := range a.attempts.over(now) {
		entry := audit.Noted{Action: audit.MoreRefused, Outcome: audit.Refused, More: t.n - maxAttempts}
		if err := a.Commands.Note(ctx, domain.By{Actor: one.actor}, one.of, entry); err != nil {
			cmp.Or(a.Log, slog.Default()).ErrorContext(ctx, "audit entry is not kept", "actor", one.actor, "action", entry.Action, "more", entry.More, "error", err)
		}
	}
}
