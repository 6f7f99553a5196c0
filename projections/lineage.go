package projections

import (
	"context"

	"github.com/jackc/pgx/v5"

	"skein/domain/contact"
	"skein/domain/space"
)

// Lineage is the contact and all that are, or ever were, one with it, or were split off
// it or one of them: those whose histories its own cannot be told without.
func Lineage(ctx context.Context, db DB, in space.ID, id contact.ID) ([]contact.ID, error) {
	return kinOf(ctx, db, in, []contact.ID{id})
}

// kinOf is the lineage of all of the contacts, these before the others.
func kinOf(ctx context.Context, db DB, in space.ID, ids []contact.ID) ([]contact.ID, error) {
	rows, err := db.Query(ctx, `
		WITH RECURSIVE kin AS (
			SELECT id COLLATE "C" AS id FROM unnest($2::text[]) AS w (id)
			UNION
			SELECT other.id FROM kin CROSS JOIN LATERAL (
				SELECT survivor FROM contact_merges WHERE space = $1 AND absorbed = kin.id
				UNION ALL
				SELECT absorbed FROM contact_merges WHERE space = $1 AND survivor = kin.id
				UNION ALL
				SELECT of FROM contact_splits s WHERE s.space = $1 AND s.id = kin.id
				UNION ALL
				SELECT s.id FROM contact_splits s WHERE s.space = $1 AND s.of = kin.id
			) AS other (id)
		)
		SELECT id FROM kin ORDER BY id = ANY ($2) DESC, id`, in, ids)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[contact.ID])
}

// Kinship is how a contact and all of its lineage came to be what they are.
type Kinship struct {
	Trees  []Kin       `json:"trees" doc:"Those who are no part of another one, each with its parts"`
	Merges []Merging   `json:"merges" doc:"All merges there ever were among them, in their order, also those that were undone"`
	Splits []Splitting `json:"splits" doc:"What was split off, in its order"`
}

// Kin is a contact of a lineage as it is now.
type Kin struct {
	ID    contact.ID      `json:"id"`
	Name  string          `json:"name,omitempty" doc:"As told with its parts; none, if it was deleted or is still to come"`
	State KinState        `json:"state" enum:"standing,absorbed,deleted,unknown"`
	Merge contact.MergeID `json:"merge,omitempty" doc:"By which it is a part; none, if it is from before merges had ids"`
	Parts []Kin           `json:"parts,omitempty" doc:"What it absorbed, in the order of the merges"`
}

// KinState is what has become of a contact.
type KinState string

const (
	Stands     KinState = "standing"
	IsAbsorbed KinState = "absorbed"
	IsDeleted  KinState = "deleted"
	IsUnknown  KinState = "unknown" // it was to be split off, and is still to come
)

// LineageTree is the lineage of a contact for auditors. Of a contact that was never one
// with another it is that contact alone.
func LineageTree(ctx context.Context, db DB, in space.ID, id contact.ID) (Kinship, error) {
	kin, err := Lineage(ctx, db, in, id)
	if err != nil {
		return Kinship{}, err
	}
	var f contact.Family
	ids, spaces := make([]string, len(kin)), make([]string, len(kin))
	for i, one := range kin {
		ids[i], spaces[i] = string(one), string(in)
	}
	if err := ofContacts.families(ctx, db, spaces, ids, func(_ space.ID, id contact.ID, c contact.Contact) { f.Put(id, c) }); err != nil {
		return Kinship{}, err
	}
	k := Kinship{Trees: []Kin{}}
	for _, one := range kin {
		if f.Own(one).Merge.Into == "" {
			k.Trees = append(k.Trees, treeOf(&f, one))
		}
	}
	rows, err := db.Query(ctx, `
		SELECT `+mergeColumns+` FROM contact_merges WHERE space = $1 AND absorbed = ANY ($2) ORDER BY merged`, in, kin)
	if err != nil {
		return Kinship{}, err
	}
	if k.Merges, err = pgx.CollectRows(rows, pgx.RowToStructByName[Merging]); err != nil {
		return Kinship{}, err
	}
	rows, err = db.Query(ctx, `
		SELECT id, of, position, split_at, split_by FROM contact_splits WHERE space = $1 AND of = ANY ($2) ORDER BY position`, in, kin)
	if err != nil {
		return Kinship{}, err
	}
	k.Splits, err = pgx.CollectRows(rows, pgx.RowToStructByName[Splitting])
	return k, err
}

func treeOf(f *contact.Family, id contact.ID) Kin {
	c := f.Own(id)
	k := Kin{ID: id, State: Stands, Merge: c.Merge.ID}
	switch {
	case c.Created.IsZero():
		k.State = IsUnknown
	case c.Deleted > 0:
		k.State = IsDeleted
	case c.Merge.Into != "":
		k.State = IsAbsorbed
	}
	if k.State == Stands || k.State == IsAbsorbed {
		k.Name = f.Told(id).Name()
	}
	for _, part := range f.Absorbed(id) {
		k.Parts = append(k.Parts, treeOf(f, part))
	}
	return k
}
