package projections_test

import (
	"context"
	"fmt"
	"slices"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"skein/domain/contact"
	"skein/projections"
)

// isShown fails t unless queries answer what happened.
func (h *tale) isShown(ctx context.Context, t *rapid.T, db *pgxpool.Pool) {
	list := map[contact.ID]projections.Contact{}
	for c := range pages(ctx, t, db, projections.ContactList{In: h.room.ID, Limit: 3}) {
		list[c.ID] = c
	}
	for _, id := range h.people {
		c := h.family.Own(id)
		full, err := projections.OneContact(ctx, db, h.room.ID, id)
		_, _, same := projections.Interactions(ctx, db, projections.InteractionList{In: h.room.ID, Of: id, Limit: 1})
		if diff := gocmp.Diff(err, same); diff != "" {
			t.Errorf("%s is refused otherwise than what was said with it (-contact +said):\n%s", id, diff)
		}
		if want := c.Standing(); want != nil {
			if root := h.family.Root(id); h.family.Own(root).Standing() == nil {
				want = contact.ErrMerged.Naming("survivor", string(root))
			}
			if diff := gocmp.Diff(want, err); diff != "" {
				t.Errorf("%s is refused otherwise (-want +got):\n%s", id, diff)
			}
			if _, listed := list[id]; listed {
				t.Errorf("%s is listed and %v", id, want)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		h.hasSources(t, id, full)
		h.wasInTouch(t, id, full)
		h.viewsMessages(ctx, t, db, id)
		full.Fields, list[id] = map[string]string{}, withoutFields(list[id])
		if diff := gocmp.Diff(list[id], full.Contact, cmpopts.EquateApproxTime(0)); diff != "" {
			t.Errorf("%s is listed otherwise (-listed +alone):\n%s", id, diff)
		}
	}
	h.isKept(ctx, t, db)
	h.isOneWith(ctx, t, db)
}

// isKept fails t unless everything that was said is kept once, with the contact whose it
// is, and nothing of those that were deleted (C2-15).
func (h *tale) isKept(ctx context.Context, t *rapid.T, db *pgxpool.Pool) {
	rows, err := db.Query(ctx, `SELECT owner || ' ' || position FROM interactions WHERE space = $1 ORDER BY position`, h.room.ID)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, one := range h.said {
		want = append(want, fmt.Sprint(one.owner, " ", one.position))
	}
	if diff := gocmp.Diff(want, kept, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("kept otherwise (-said +kept):\n%s", diff)
	}
	var left int
	if err := db.QueryRow(ctx, `
		SELECT count(*) FROM contact_stories WHERE space = $1 AND story ? 'deleted' AND story ?| '{values,touches,talks}'`, h.room.ID).Scan(&left); err != nil {
		t.Fatal(err)
	}
	if left > 0 {
		t.Errorf("the stories of %d deleted contacts still say who they were", left)
	}
}

func withoutFields(c projections.Contact) projections.Contact {
	c.Fields = map[string]string{}
	return c
}

// wasInTouch fails t unless the contact was in touch when its interactions say so.
func (h *tale) wasInTouch(t *rapid.T, id contact.ID, got projections.FullContact) {
	var last, incoming time.Time
	for _, one := range told(h.said, &h.family, id) {
		if one.Way != contact.Aside && one.At.After(last) {
			last = one.At
		}
		if one.Way == contact.Incoming && one.At.After(incoming) {
			incoming = one.At
		}
	}
	is := func(what string, got *time.Time, want time.Time) {
		if got == nil {
			got = &time.Time{}
		}
		if !got.Equal(want) {
			t.Errorf("the %s of %s is %v, and what was said tells %v", what, id, got, want)
		}
	}
	is("last interaction", got.LastInteraction, last)
	is("last incoming", got.LastIncoming, incoming)
}

// viewsMessages fails t unless pages list everything that was said with the contact and
// all within it, once, in its order, either way round, of all kinds and of some (C2-12,
// C2-63 to C2-66, D2-3).
func (h *tale) viewsMessages(ctx context.Context, t *rapid.T, db *pgxpool.Pool, id contact.ID) {
	q := projections.InteractionList{
		In: h.room.ID, Of: id, Limit: rapid.IntRange(1, 5).Draw(t, "limit"), Oldest: rapid.Bool().Draw(t, "oldest first"),
		Kinds: rapid.SampledFrom([][]string{nil, {"commented"}, {"message_received", "message_sent"}}).Draw(t, "kinds"),
	}
	var want, got []string
	for _, one := range told(h.said, &h.family, id) {
		if len(q.Kinds) == 0 || slices.Contains(q.Kinds, one.kind) {
			want = append(want, fmt.Sprint(one.position, one.At.UTC(), one.kind, one.Ref, one.owner, one.recorded, one.Channel, one.Of, one.Way))
		}
	}
	if !q.Oldest {
		slices.Reverse(want)
	}
	for {
		page, next, err := projections.Interactions(ctx, db, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range page {
			got = append(got, fmt.Sprint(one.Position, one.At.UTC(), one.Kind, one.Ref, one.Contact, one.Recorded, one.Channel, one.Identity, one.Way))
		}
		if q.Cursor = next; next == "" {
			break
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("%+v lists otherwise (-said +listed):\n%s", q, diff)
	}
}

// hasSources fails t unless every value of a contact is what the event says that it is
// told to come from, and what it is told to be made of.
func (h *tale) hasSources(t *rapid.T, id contact.ID, full projections.FullContact) {
	current := h.family.Told(id).Values
	var check func(slot, text string, s projections.Source)
	check = func(slot, text string, s projections.Source) {
		if s.Merge != nil {
			if m := h.family.Own(s.Merge.Absorbed).Merge; m.Into != id || m.At != s.Merge.Position || m.ID != s.Merge.ID {
				t.Errorf("%s of %s is told to come by %+v, which is no merge into it", slot, id, s.Merge)
			}
		}
		if s.Contact != id && (s.Merge == nil || !h.family.Holds(s.Merge.Absorbed, s.Contact)) {
			t.Errorf("%s of %s comes from %s, and by the merge %+v", slot, id, s.Contact, s.Merge)
		}
		if len(s.Of) > 0 {
			for _, part := range s.Of {
				check(slot, part.Value, part.Source)
			}
			return
		}
		r := h.journal.All(s.Position - 1)[0]
		said := ""
		switch e := r.Event.(type) {
		case contact.Created:
			said = e.Says[contact.Slot(slot)]
		case contact.Edited:
			said = e.Says[contact.Slot(slot)]
		}
		if contact.KeyOf(r.Stream).ID != s.Contact || said != text {
			t.Errorf("%s of %s is %q, and %s at %d says %q", slot, id, text, r.Stream, s.Position, said)
		}
	}
	for slot, v := range current {
		s, has := full.Sources[string(slot)]
		if has != (v.Text != "") {
			t.Errorf("%s of %s is %q and has the source %+v", slot, id, v.Text, s)
		}
		if has {
			check(string(slot), v.Text, s)
		}
	}
}
