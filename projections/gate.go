package projections

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/space"
)

// Gate lets contacts into spaces whose number of contacts is limited, one more than
// the limit never (C0-25). It is a commands.Gate.
//
// Whoever comes to the gate of a space waits until the tables show all that the
// journal tells, while nobody else is let in, in this or another process. Those who
// come meanwhile wait together and are let in together, so that many at once cost
// hardly more than one.
type Gate struct {
	Contacts *Projector
	End      func(context.Context) (domain.Position, error) // of the journal

	mu     sync.Mutex
	queues map[space.ID][]*arrival // before the gates that are being kept
	open   chan struct{}           // as many as gates can be open at the same time
}

// arrival is somebody who waits to be let in.
type arrival struct {
	limit int
	add   func(context.Context) error
	done  chan error
}

const (
	mostOpen     = 4                // gates at the same time; each of them holds a connection
	gatePatience = 30 * time.Second // with the tables, and with those who are let in
)

var errGateWaits = domain.Refuse(domain.Stale, "not_yet", "The number of contacts in this space is not known at the moment. Try again in a second.")

// Admit implements commands.Gate.
func (g *Gate) Admit(ctx context.Context, in space.ID, limit int, add func(context.Context) error) error {
	a := &arrival{limit, add, make(chan error, 1)}
	if g.queue(in, a) {
		go g.keep(context.WithoutCancel(ctx), in)
	}
	select {
	case err := <-a.done:
		return err
	case <-ctx.Done():
	}
	if g.withdraw(in, a) {
		return ctx.Err()
	}
	return <-a.done
}

// queue adds somebody to the queue, and reports whether nobody keeps the gate yet.
func (g *Gate) queue(in space.ID, a *arrival) (unkept bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.queues == nil {
		g.queues, g.open = map[space.ID][]*arrival{}, make(chan struct{}, mostOpen)
	}
	_, kept := g.queues[in]
	g.queues[in] = append(g.queues[in], a)
	return !kept
}

// withdraw takes somebody out of the queue who is still in it.
func (g *Gate) withdraw(in space.ID, a *arrival) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.queues[in], a)
	if i >= 0 {
		g.queues[in] = slices.Delete(g.queues[in], i, i+1)
	}
	return i >= 0
}

// keep lets in those who queue until nobody does.
func (g *Gate) keep(ctx context.Context, in space.ID) {
	for {
		g.open <- struct{}{}
		g.mu.Lock()
		all := g.queues[in]
		if len(all) == 0 {
			delete(g.queues, in)
		} else {
			g.queues[in] = nil
		}
		g.mu.Unlock()
		if len(all) > 0 {
			g.letIn(ctx, in, all)
		}
		<-g.open
		if len(all) == 0 {
			return
		}
	}
}

// letIn lets in as many as the space has room for, and turns away the others. What
// goes wrong with the gate is the answer to whoever has none yet.
func (g *Gate) letIn(ctx context.Context, in space.ID, all []*arrival) {
	ctx, stop := context.WithTimeout(ctx, gatePatience)
	defer stop()
	err := pgx.BeginFunc(ctx, g.Contacts.DB, func(tx pgx.Tx) error {
		inside, err := g.inside(ctx, tx, in)
		if err != nil {
			return err
		}
		all = admit(ctx, inside, all)
		return nil
	})
	if err == nil {
		err = space.ErrFull
	} else {
		err = fmt.Errorf("gate of a space: %w", err)
	}
	for _, a := range all {
		a.done <- err
	}
}

// inside counts the contacts of a space while nobody else can come in, until tx ends.
func (g *Gate) inside(ctx context.Context, tx pgx.Tx, in space.ID) (contacts int, err error) {
	_, err = tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('gate ' || current_schema() || ' ' || $1, 0))`, in)
	if err != nil {
		return 0, err
	}
	end, err := g.End(ctx)
	if err == nil {
		err = g.Contacts.Await(ctx, end)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return 0, errGateWaits
	}
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `SELECT coalesce((SELECT contacts FROM contact_spaces WHERE space = $1), 0)`, in).Scan(&contacts)
	return contacts, err
}

// admit lets in those the space has room for, side by side, then others in the place
// of those who made no contact. It returns those who are left.
func admit(ctx context.Context, inside int, all []*arrival) (left []*arrival) {
	for {
		var some []*arrival
		left = slices.DeleteFunc(slices.Clone(all), func(a *arrival) bool {
			fits := inside+len(some) < a.limit
			if fits {
				some = append(some, a)
			}
			return fits
		})
		if len(some) == 0 {
			return left
		}
		results := make([]error, len(some))
		var adding sync.WaitGroup
		for i, a := range some {
			adding.Go(func() { results[i] = a.add(ctx) })
		}
		adding.Wait()
		for i, a := range some {
			var refused *domain.Refusal
			if !errors.As(results[i], &refused) {
				inside++ // also where it is unknown what became of it
			}
			a.done <- results[i]
		}
		all = left
	}
}
