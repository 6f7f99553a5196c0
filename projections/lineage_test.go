package projections_test

import (
	"context"
	"errors"
	"slices"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"skein/domain"
	"skein/domain/contact"
	"skein/projections"
)

// isOneWith fails t unless merges, batches and lineages are told as they were.
func (h *tale) isOneWith(ctx context.Context, t *rapid.T, db *pgxpool.Pool) {
	var f contact.Family
	var merges []projections.Merging
	near := map[contact.ID][]contact.ID{}
	link := func(a, b contact.ID) { near[a], near[b] = append(near[a], b), append(near[b], a) }
	for _, r := range h.journal.All(0) {
		id := contact.KeyOf(r.Stream).ID
		was := f.Own(id)
		f.Tell(r)
		switch e := r.Event.(type) {
		case contact.Merged:
			if f.Own(id).Merge.At == r.Position {
				merges = append(merges, projections.Merging{
					ID: e.ID, Batch: e.Batch, Absorbed: id, Survivor: e.Survivor, Merged: r.Position, MergedAt: r.At, MergedBy: r.By.Actor,
				})
				link(id, e.Survivor)
			}
		case contact.Unmerged:
			for i := range merges {
				if m := &merges[i]; m.Absorbed == id && m.Undone == nil && was.Merge.Into != "" && was.Deleted == 0 {
					m.Undone, m.UndoneAt, m.UndoneBy = &r.Position, &r.At, &r.By.Actor
				}
			}
		case contact.Split:
			if was.Deleted == 0 {
				link(id, e.Into)
			}
		}
	}
	lineage := func(ids ...contact.ID) []contact.ID {
		kin := slices.Clone(ids)
		for i := 0; i < len(kin); i++ {
			for _, other := range near[kin[i]] {
				if !slices.Contains(kin, other) {
					kin = append(kin, other)
				}
			}
		}
		slices.Sort(kin[:len(ids)])
		slices.Sort(kin[len(ids):])
		return kin
	}
	some := rapid.SliceOfNDistinct(rapid.SampledFrom(append(slices.Clip(h.people), "nobody")), 0, 3, rapid.ID[contact.ID]).Draw(t, "some")
	showing := projections.Showing{
		Contacts: &projections.Projector{Name: "contacts", DB: db},
		End:      func(context.Context) (domain.Position, error) { return 0, nil },
	}
	got, err := showing.Kin(ctx, h.room.ID, some...)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(lineage(some...), got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the kin of %v are others (-want +got):\n%s", some, diff)
	}
	for _, id := range h.people {
		kin := lineage(id)
		got, err := projections.Lineage(ctx, db, h.room.ID, id)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(kin, got); diff != "" {
			t.Errorf("the lineage of %s is another (-want +got):\n%s", id, diff)
		}
		tree, err := projections.LineageTree(ctx, db, h.room.ID, id)
		if err != nil {
			t.Fatal(err)
		}
		want := slices.DeleteFunc(slices.Clone(merges), func(m projections.Merging) bool { return !slices.Contains(kin, m.Absorbed) })
		if diff := gocmp.Diff(want, tree.Merges, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the merges around %s are others (-want +got):\n%s", id, diff)
		}
		var seen []contact.ID
		for _, root := range tree.Trees {
			h.isTree(t, "", root, &seen)
		}
		slices.Sort(seen)
		slices.Sort(kin)
		if diff := gocmp.Diff(kin, seen); diff != "" {
			t.Errorf("the trees of %s have others (-want +got):\n%s", id, diff)
		}
	}
	for _, m := range append(merges, projections.Merging{ID: "batch"}, projections.Merging{ID: "none"}) {
		want := slices.DeleteFunc(slices.Clone(merges), func(other projections.Merging) bool { return other.ID != m.ID && other.Batch != m.ID })
		got, err := projections.MergeByID(ctx, db, h.room.ID, m.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the merges %s are others (-want +got):\n%s", m.ID, diff)
		}
	}
}

func (h *tale) isTree(t *rapid.T, into contact.ID, k projections.Kin, seen *[]contact.ID) {
	*seen = append(*seen, k.ID)
	c := h.family.Own(k.ID)
	state := projections.Stands
	var refused *domain.Refusal
	if errors.As(c.Standing(), &refused) {
		state = map[string]projections.KinState{"contact_merged": projections.IsAbsorbed, "contact_deleted": projections.IsDeleted, "contact_unknown": projections.IsUnknown}[refused.Code]
	}
	if k.State != state || c.Merge.Into != into {
		t.Errorf("%s is %s below %q, and %s into %q", k.ID, k.State, into, state, c.Merge.Into)
	}
	for _, part := range k.Parts {
		h.isTree(t, k.ID, part, seen)
	}
}
