package httpapi

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"time"

	"skein/commands"
	"skein/domain"
	"skein/domain/access"
)

// Recorded is the part of the answer to a command that says when queries show it.
// Huma only finds it in answers if it is exported.
type Recorded struct {
	Position domain.Position `header:"Journal-Position" doc:"Where the command is in the journal. A query with this Min-Position shows what came of it"`
}

// Since is the part of a query that asks to see the journal up to a position.
// Huma only finds it in queries if it is exported.
type Since struct {
	MinPosition domain.Position `header:"Min-Position" doc:"Answer once this position of the journal shows; wait for it at most 5 seconds, or else answer 503 not_yet"`
	AlsoMin     domain.Position `query:"min_position" doc:"The same as the header Min-Position"`
}

var errNotYet = domain.Refuse(domain.Stale, "not_yet", "What is recorded at this position does not show yet. Ask again in a second.")

// see is enter for queries: the projections show what the query asks to see of
// the space.
func (a *API) see(ctx context.Context, in InSpace, asked Since, to access.Action, projections ...string) (commands.Room, error) {
	room, err := a.enter(ctx, in.Space, to)
	if err != nil {
		return room, err
	}
	return room, a.await(ctx, asked, projections...)
}

// await returns once the projections show what the query asks to see.
func (a *API) await(ctx context.Context, asked Since, projections ...string) error {
	at := max(asked.MinPosition, asked.AlsoMin)
	if at == 0 {
		return nil
	}
	patient, stop := context.WithTimeout(ctx, cmp.Or(a.Patience, 5*time.Second))
	defer stop()
	for _, name := range projections {
		err := a.Projectors[name].Await(patient, at)
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			return errNotYet
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func positionText(at domain.Position) string { return strconv.FormatUint(uint64(at), 10) }
