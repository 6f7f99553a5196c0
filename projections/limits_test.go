package projections_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"skein/adapters/postgres/postgrestest"
	"skein/commands"
	"skein/domain/contact"
	"skein/domain/space"
	"skein/projections"
)

// deed is something that is asked of a house.
type deed struct {
	what  int
	names []string
	pick  int
}

// Whatever is asked at the same time, no contact comes into a space that is full,
// and every count is what a recount finds, also after a rebuild.
func TestLimitsUnderLoad(t *testing.T) {
	t.Parallel()
	live, again := postgrestest.Open(t), postgrestest.Open(t)
	deeds := rapid.Custom(func(t *rapid.T) deed {
		return deed{
			what:  rapid.IntRange(0, 9).Draw(t, "what"),
			names: rapid.SliceOfN(rapid.StringMatching(`[a-f]{1,2}@example\.org`), 1, 3).Draw(t, "names"),
			pick:  rapid.IntRange(0, 1000).Draw(t, "pick"),
		}
	})
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		if runs++; runs > 60 {
			return // each run waits for the database some hundred times
		}
		ctx := context.Background()
		name := fmt.Sprintf("l%d-", runs)
		h := build(t, name)
		h.Gate = gateOf(live, name, h.journal)
		for range rapid.IntRange(1, 4).Draw(t, "waves") {
			most := rapid.IntRange(0, 6).Draw(t, "limit")
			h.limit(ctx, t, most)
			began := len(h.journal.All(0))
			var all sync.WaitGroup
			for range 4 {
				turn := rapid.SliceOfN(deeds, 1, 6).Draw(t, "turn")
				all.Go(func() {
					for _, d := range turn {
						h.do(ctx, d)
					}
				})
			}
			all.Wait()
			within(t, h, began, most)
			for _, id := range h.merged() { // no intake: the limit is no matter (D2-6)
				_, _ = h.UnmergeContact(ctx, by, h.room, id, commands.Parting{})
			}
		}
		events := h.journal.All(0)
		end := events[len(events)-1].Position
		for _, p := range []projections.Projection{projections.Contacts{}, projections.Spaces{}} {
			for i, db := range []*pgxpool.Pool{live, again} {
				projector := &projections.Projector{Name: fmt.Sprintf("%s%T", name, p), Projection: p, DB: db}
				if _, followed := p.(projections.Contacts); followed && i == 0 {
					projector.Name = name
				}
				if err := projector.Follow(ctx, projections.Page{Events: events, End: end}); err != nil {
					t.Fatal(err)
				}
			}
		}
		counted(ctx, t, live, h.room)
		staffed(ctx, t, live, h)
		if diff := cmp.Diff(dump(ctx, t, live, h.room.ID), dump(ctx, t, again, h.room.ID)); diff != "" {
			t.Errorf("rebuilt otherwise (-live +rebuilt):\n%s", diff)
		}
	})
}

// do does something, and whatever is refused is no matter.
func (h *house) do(ctx context.Context, d deed) {
	some := func() contact.ID {
		var ids []contact.ID
		for _, r := range h.journal.All(0) {
			if _, ok := r.Event.(contact.Created); ok {
				ids = append(ids, contact.KeyOf(r.Stream).ID)
			}
		}
		if len(ids) == 0 {
			return "nobody"
		}
		return ids[d.pick%len(ids)]
	}
	user := space.UserID([]string{"eve", "kit", "tom"}[d.pick%3])
	switch d.what {
	case 0, 1:
		_, _, _ = h.CreateContact(ctx, by, h.room, contact.Create{Fields: map[string]string{"email": d.names[0]}})
	case 2:
		rows := make([]commands.ImportRow, len(d.names))
		for i, n := range d.names {
			rows[i] = commands.ImportRow{Line: i + 1, Fields: map[string]string{"email": n}}
		}
		_, _ = h.ImportContacts(ctx, by, h.room, slices.Values(rows), func(commands.Imported) {})
	case 3, 4:
		_ = h.Receive(ctx, by, h.room, commands.Mailed{Identity: d.names[0] + fmt.Sprint(d.pick), Email: d.names[0], At: time.Date(2026, 1, 6, 0, 0, d.pick, 0, time.UTC)})
	case 5:
		_, _ = h.DeleteContact(ctx, by, h.room, some())
	case 6:
		first := some()
		d.pick++
		_, _, _ = h.MergeContacts(ctx, by, h.room, first, some(), contact.Absorb{Choices: map[string]contact.Choice{"email": contact.Survivors}})
	case 7:
		_, _ = h.Space(ctx, by, h.room, space.Assign{User: user, Role: space.Manager, NoExport: d.pick%2 == 0})
	case 8:
		_, _, _ = h.Invite(ctx, by, h.room, []space.Assign{{User: user, Role: space.Agent}, {User: "zoe", Role: space.Owner}})
	case 9:
		if _, length, err := h.ReadSpace(ctx, h.room.Space.Organization, h.room.ID); err == nil {
			_, _, _ = h.EditSpace(ctx, by, h.room, length, space.Edit{Name: &d.names[0], Users: []space.Assign{{User: user, Role: space.Owner}}})
		}
	}
}

// merged are the contacts that were absorbed once.
func (h *house) merged() (ids []contact.ID) {
	for _, r := range h.journal.All(0) {
		if _, ok := r.Event.(contact.Merged); ok {
			ids = append(ids, contact.KeyOf(r.Stream).ID)
		}
	}
	return ids
}

// within fails t if a contact came in since a place in the journal when so many
// stood there already.
func within(t rapidOrTest, h *house, since, most int) {
	t.Helper()
	var family contact.Family
	var ids []contact.ID
	for i, r := range h.journal.All(0) {
		if r.Stream.Category() != "contact" {
			continue
		}
		id := contact.KeyOf(r.Stream).ID
		if _, begins := r.Event.(contact.Created); begins {
			standing := len(slices.DeleteFunc(slices.Clone(ids), func(id contact.ID) bool { return family.Own(id).Standing() != nil }))
			if i >= since && standing >= most {
				t.Errorf("a contact came in at %d where %d of %d stood", r.Position, standing, most)
			}
			ids = append(ids, id)
		}
		family.Tell(r)
	}
}

// staffed fails t unless the users of a space are counted and listed as its history
// has them.
func staffed(ctx context.Context, t rapidOrTest, db *pgxpool.Pool, h *house) {
	t.Helper()
	told, _, err := h.ReadSpace(ctx, h.room.Space.Organization, h.room.ID)
	if err != nil {
		t.Fatal(err)
	}
	seen, err := projections.OneSpace(ctx, db, h.room.Space.Organization, h.room.ID)
	if err != nil {
		t.Fatal(err)
	}
	if seen.Name != told.Name || seen.Users != len(told.Users) {
		t.Errorf("the space %s with %d users is seen as %+v", told.Name, len(told.Users), seen)
	}
	for user, post := range told.Users {
		spaces, err := projections.SpacesOf(ctx, db, h.room.Space.Organization, user)
		if err != nil {
			t.Fatal(err)
		}
		if len(spaces) != 1 || spaces[0].Role != post.Role || spaces[0].NoExport != post.NoExport || spaces[0].NoDeletion != post.NoDeletion {
			t.Errorf("%s is %+v, and seen in %+v", user, post, spaces)
		}
	}
}
