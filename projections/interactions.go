package projections

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// interactions are what a page changes of the interactions of a space: what has come,
// by the contact whose it is, and, in the order of the journal, what changed hands or
// went of those that the table has.
type interactions struct {
	came  map[contact.ID][]interaction
	moves []func(*pgx.Batch)
}

// interaction is a row of interactions but for its space and owner.
type interaction struct {
	contact.Interacted
	position domain.Position
	kind     string
	recorded contact.ID
	actor    domain.Actor
	data     string
}

const ofConversations = "conversation."

// come adds what happened in the conversation with a contact.
func (i *interactions) come(id contact.ID, r domain.Recorded, said contact.Interacted) {
	data, err := json.Marshal(r.Event)
	if err != nil {
		panic(fmt.Sprintf("projections: %v", err)) // it was read from JSON
	}
	if i.came == nil {
		i.came = map[contact.ID][]interaction{}
	}
	i.came[id] = append(i.came[id], interaction{said, r.Position, strings.TrimPrefix(r.Kind(), ofConversations), id, r.By.Actor, string(data)})
}

// take gives a contact what it takes over.
func (i *interactions) take(in space.ID, id contact.ID, e contact.InteractionsTaken) {
	taken := map[contact.Ref]bool{}
	for _, ref := range e.Interactions {
		taken[ref] = ref != ""
	}
	goes := func(one interaction) bool { return taken[one.Ref] || slices.Contains(e.Identities, one.Identity) }
	for _, from := range e.From {
		came := i.came[from]
		if !slices.ContainsFunc(came, goes) {
			continue
		}
		i.came[from] = nil
		for _, one := range came {
			to := from
			if goes(one) {
				to = id
			}
			i.came[to] = append(i.came[to], one)
		}
	}
	var channels, identities []string
	for _, one := range e.Identities {
		channels, identities = append(channels, one.Channel), append(identities, one.Of)
	}
	i.moves = append(i.moves, func(b *pgx.Batch) {
		b.Queue(`
			UPDATE interactions SET owner = $2
			WHERE space = $1 AND owner = ANY ($3) AND (
				ref <> '' AND ref = ANY ($4) OR (channel, identity) IN (SELECT * FROM unnest($5::text[], $6::text[])))`,
			in, id, e.From, e.Interactions, channels, identities)
	})
}

// drop drops what is of contacts that were deleted.
func (i *interactions) drop(in space.ID, ids []contact.ID) {
	for _, id := range ids {
		delete(i.came, id)
	}
	i.moves = append(i.moves, func(b *pgx.Batch) {
		b.Queue(`DELETE FROM interactions WHERE space = $1 AND owner = ANY ($2)`, in, ids)
	})
}

// said are rows of interactions to write.
type said []struct {
	space space.ID
	owner contact.ID
	interaction
}

func (s *said) add(in space.ID, i interactions) {
	for owner, came := range i.came {
		for _, one := range came {
			*s = append(*s, struct {
				space space.ID
				owner contact.ID
				interaction
			}{in, owner, one})
		}
	}
}

var interactionColumns = []string{"space", "owner", "at", "position", "kind", "recorded", "ref", "channel", "identity", "way", "actor", "data"}

func (s said) insert(b *pgx.Batch) {
	if len(s) == 0 {
		return
	}
	var at []time.Time
	var position []int64
	var texts [10][]string
	for _, r := range s {
		at, position = append(at, r.At), append(position, int64(r.position))
		for i, text := range []string{
			string(r.space), string(r.owner), r.kind, string(r.recorded), string(r.Ref),
			r.Channel, r.Of, string(r.Way), string(r.actor), r.data,
		} {
			texts[i] = append(texts[i], text)
		}
	}
	b.Queue(`
		INSERT INTO interactions (space, owner, kind, recorded, ref, channel, identity, way, actor, data, at, position)
		SELECT space, owner, kind, recorded, ref, channel, identity, way, actor, data::json, at, position
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::bigint[])
			AS w (space, owner, kind, recorded, ref, channel, identity, way, actor, data, at, position)`,
		texts[0], texts[1], texts[2], texts[3], texts[4], texts[5], texts[6], texts[7], texts[8], texts[9], at, position)
}

func (s said) copy(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"interactions"}, interactionColumns, pgx.CopyFromSlice(len(s), func(i int) ([]any, error) {
		r := s[i]
		return []any{
			r.space, r.owner, r.At, int64(r.position), r.kind, r.recorded, string(r.Ref),
			r.Channel, r.Of, string(r.Way), string(r.actor), r.data,
		}, nil
	}))
	return err
}
