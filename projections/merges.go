package projections

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// kinship is what a page changes of who became one with whom, was taken out again or
// was split off.
type kinship struct {
	merges []Merging
	open   map[contact.ID][]int // those of the merges that were not undone, by who was absorbed
	undone []Merging            // of those that the table has
	splits []Splitting
}

// Merging is a merge that came to be.
type Merging struct {
	ID       contact.MergeID  `json:"id,omitempty" doc:"None, if it was merged before merges had ids"`
	Batch    contact.MergeID  `json:"batch,omitempty" doc:"Of the merges that were asked for at once"`
	Absorbed contact.ID       `json:"absorbed"`
	Survivor contact.ID       `json:"survivor"`
	Merged   domain.Position  `json:"position" doc:"Of the merge"`
	MergedAt time.Time        `json:"at"`
	MergedBy domain.Actor     `json:"by"`
	Undone   *domain.Position `json:"undone,omitempty" doc:"Where it was undone; none: it was not"`
	UndoneAt *time.Time       `json:"undone_at,omitempty"`
	UndoneBy *domain.Actor    `json:"undone_by,omitempty"`
}

// Splitting is a part of a contact becoming one of its own.
type Splitting struct {
	ID       contact.ID      `json:"id" doc:"The new contact"`
	Of       contact.ID      `json:"of"`
	Position domain.Position `json:"position"`
	SplitAt  time.Time       `json:"at"`
	SplitBy  domain.Actor    `json:"by"`
}

func (k *kinship) merge(id contact.ID, m contact.Merge, r domain.Recorded) {
	if k.open == nil {
		k.open = map[contact.ID][]int{}
	}
	k.open[id] = append(k.open[id], len(k.merges))
	k.merges = append(k.merges, Merging{
		ID: m.ID, Batch: m.Batch, Absorbed: id, Survivor: m.Into, Merged: r.Position, MergedAt: r.At, MergedBy: r.By.Actor,
	})
}

func (k *kinship) unmerge(id contact.ID, r domain.Recorded) {
	undo := func(m *Merging) {
		m.Undone, m.UndoneAt, m.UndoneBy = new(r.Position), new(r.At), new(r.By.Actor)
	}
	for _, i := range k.open[id] {
		undo(&k.merges[i])
	}
	if len(k.open[id]) == 0 {
		before := Merging{Absorbed: id}
		undo(&before)
		k.undone = append(k.undone, before)
	}
	delete(k.open, id)
}

func (k *kinship) split(of contact.ID, into contact.ID, r domain.Recorded) {
	k.splits = append(k.splits, Splitting{into, of, r.Position, r.At, r.By.Actor})
}

// write writes what has come to be; what was undone is looked for before.
func (k *kinship) write(in space.ID, b *pgx.Batch) {
	for _, m := range k.undone {
		b.Queue(`
			UPDATE contact_merges SET undone = $3, undone_at = $4, undone_by = $5
			WHERE space = $1 AND absorbed = $2 AND undone IS NULL`, in, m.Absorbed, m.Undone, m.UndoneAt, m.UndoneBy)
	}
	for _, m := range k.merges {
		b.Queue(`
			INSERT INTO contact_merges (space, id, batch, absorbed, survivor, merged, merged_at, merged_by, undone, undone_at, undone_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			in, m.ID, m.Batch, m.Absorbed, m.Survivor, m.Merged, m.MergedAt, m.MergedBy, m.Undone, m.UndoneAt, m.UndoneBy)
	}
	for _, s := range k.splits {
		b.Queue(`
			INSERT INTO contact_splits (space, id, of, position, split_at, split_by) VALUES ($1, $2, $3, $4, $5, $6)`,
			in, s.ID, s.Of, s.Position, s.SplitAt, s.SplitBy)
	}
}

const mergeColumns = `id, batch, absorbed, survivor, merged, merged_at, merged_by, undone, undone_at, undone_by`

// MergeByID is the merge of a space with an id, or the merges of the batch with that id,
// in the order in which they were made, undone or not; none: there is no such merge.
func MergeByID(ctx context.Context, db DB, in space.ID, id contact.MergeID) ([]Merging, error) {
	rows, err := db.Query(ctx, `
		SELECT `+mergeColumns+` FROM contact_merges WHERE space = $1 AND id = $2 AND id <> ''
		UNION
		SELECT `+mergeColumns+` FROM contact_merges WHERE space = $1 AND batch = $2 AND batch <> ''
		ORDER BY merged`, in, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[Merging])
}
