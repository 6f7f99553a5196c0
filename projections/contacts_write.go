package projections

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"skein/domain/inbox"
	"skein/domain/space"
)

// writeContacts writes what the rooms have come to.
func writeContacts(ctx context.Context, tx pgx.Tx, rooms map[space.ID]*room) error {
	var b pgx.Batch
	var newStories, oldStories stories
	var newRows, oldRows shown
	var billed usages
	var came said
	for in, r := range rooms {
		counted := 0
		inboxes := map[inbox.ID]int{}
		for id := range r.changed {
			if r.stored[id] {
				oldStories.add(in, id, r.family.Own(id))
			} else {
				newStories.add(in, id, r.family.Own(id))
			}
		}
		for id, at := range r.touched {
			before, after := r.before.Own(id).Standing() == nil, r.family.Own(id).Standing() == nil
			told := r.family.Told(id)
			switch {
			case after && before:
				oldRows.add(in, id, told, foundBy(&r.family, id), at)
			case after:
				newRows.add(in, id, told, foundBy(&r.family, id), at)
			case before:
				b.Queue(`DELETE FROM contacts WHERE space = $1 AND id = $2`, in, id)
			}
			counted += change(before, after)
			for i, f := range r.inboxes {
				inboxes[i] += change(before && f.Shows(r.space, r.before.Told(id)), after && f.Shows(r.space, told))
			}
		}
		for _, move := range r.said.moves {
			move(&b)
		}
		came.add(in, r.said)
		r.kinship.write(in, &b)
		billed.add(in, r.usage)
		if counted != 0 {
			b.Queue(`UPDATE contact_spaces SET contacts = contacts + $2 WHERE space = $1`, in, counted)
		}
		for i, n := range inboxes {
			if n != 0 {
				b.Queue(`UPDATE inboxes SET contacts = contacts + $3 WHERE space = $1 AND id = $2`, in, i, n)
			}
		}
	}
	if len(newRows.id) >= copied {
		if err := errors.Join(newStories.copy(ctx, tx), newRows.copy(ctx, tx)); err != nil {
			return err
		}
	} else {
		newStories.upsert(&b)
		newRows.upsert(&b)
	}
	oldStories.upsert(&b)
	billed.upsert(&b)
	oldRows.upsert(&b)
	if len(came) < copied {
		came.insert(&b)
		came = nil
	}
	if err := tx.SendBatch(ctx, &b).Close(); err != nil || len(came) == 0 {
		return err
	}
	return came.copy(ctx, tx) // after what changed hands, for it came as it is
}

// change is what a count changes by.
func change(before, after bool) int {
	switch {
	case after && !before:
		return 1
	case before && !after:
		return -1
	}
	return 0
}
