package projections_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"skein/adapters/memory"
	"skein/adapters/postgres/postgrestest"
	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/inbox"
	"skein/domain/space"
	"skein/projections"
)

// Live rows are replayed rows are rebuilt rows, whatever happened, whoever was erased and
// however the journal was cut into pages; every count is what a count would find (D1-14,
// D1-16, D2-14).
func TestLiveIsReplayedIsRebuilt(t *testing.T) {
	t.Parallel()
	live, again, asked := postgrestest.Open(t), postgrestest.Open(t), postgrestest.Open(t)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		ctx := context.Background()
		name := fmt.Sprintf("r%d-", runs)
		h := build(t, name)
		follower := &projections.Projector{Name: name, Projection: projections.Contacts{}, DB: live}
		h.erases(t, asked, name, follower)
		var people []contact.ID
		cut := domain.Position(0)
		steps := rapid.IntRange(5, 40).Draw(t, "steps")
		for i := range steps {
			if i == steps/3 || i == steps/2 {
				filter := map[bool]inbox.Filter{true: vip, false: written}[i == steps/2]
				if _, _, err := h.SaveInbox(ctx, by, h.room, inbox.Save{Name: fmt.Sprint(i), Filter: filter}); err != nil {
					t.Fatal(err)
				}
			}
			h.live(ctx, t, &people)
			if rapid.IntRange(0, 3).Draw(t, "cut") == 0 {
				cut = follow(ctx, t, follower, h.journal, cut)
			}
		}
		follow(ctx, t, follower, h.journal, cut)
		follow(ctx, t, &projections.Projector{Name: name, Projection: projections.Contacts{}, DB: again}, h.journal, 0)

		rows := dump(ctx, t, live, h.room.ID)
		if diff := cmp.Diff(rows, dump(ctx, t, again, h.room.ID)); diff != "" {
			t.Fatalf("rebuilt otherwise (-live +rebuilt):\n%s", diff)
		}
		replayed(ctx, t, live, h, people)
		counted(ctx, t, live, h.room)
	})
}

// follow follows the journal from a cut on, and returns the next cut.
func follow(ctx context.Context, t rapidOrTest, p *projections.Projector, j *memory.Journal, from domain.Position) domain.Position {
	t.Helper()
	events := j.All(from)
	if len(events) == 0 {
		return from
	}
	end := events[len(events)-1].Position
	if err := p.Follow(ctx, projections.Page{Events: events, End: end}); err != nil {
		t.Fatal(err)
	}
	return end
}

// replayed fails t unless people see what the journal says, and nobody else, and
// histories end there.
func replayed(ctx context.Context, t rapidOrTest, db *pgxpool.Pool, h *house, people []contact.ID) {
	t.Helper()
	history := h.journal.All(0)
	var standing []string
	for _, id := range people {
		want := contact.Replay(id, history)
		if want.Standing() != nil {
			continue
		}
		standing = append(standing, string(id))
		got, err := projections.OneContact(ctx, db, h.room.ID, id)
		if err != nil {
			t.Fatal(err)
		}
		kin, err := projections.Lineage(ctx, db, h.room.ID, id)
		if err != nil {
			t.Fatal(err)
		}
		steps, err := h.History(ctx, h.room, id, kin, commands.Until{}, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Values, steps[len(steps)-1].After.Values, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the history of %s ends otherwise (-replayed +history):\n%s", id, diff)
		}
		if diff := cmp.Diff([]any{want.Fields(), want.Tags(), want.Name(), want.Created}, []any{got.Fields, got.Tags, got.Name, got.Created}); diff != "" {
			t.Errorf("%s is seen otherwise (-replayed +seen):\n%s", id, diff)
		}
	}
	var seen []string
	for c := range pages(ctx, t, db, projections.ContactList{In: h.room.ID, Sort: projections.ByCreated, Limit: 3}) {
		seen = append(seen, string(c.ID))
	}
	slices.Sort(seen)
	slices.Sort(standing)
	if diff := cmp.Diff(standing, slices.DeleteFunc(seen, func(id string) bool { return !slices.Contains(people, contact.ID(id)) }), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("others stand (-replayed +seen):\n%s", diff)
	}
}

// pages yields all contacts of a list, page by page.
func pages(ctx context.Context, t rapidOrTest, db projections.DB, q projections.ContactList) iter.Seq[projections.Contact] {
	return func(yield func(projections.Contact) bool) {
		for {
			list, next, err := projections.ListContacts(ctx, db, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range list {
				if !yield(c) {
					return
				}
			}
			if q.Cursor = next; next == "" {
				return
			}
		}
	}
}

// counted fails t unless every kept count is what counting finds.
func counted(ctx context.Context, t rapidOrTest, db *pgxpool.Pool, room commands.Room) {
	t.Helper()
	var kept, found int64
	err := db.QueryRow(ctx, `
		SELECT contacts, (SELECT count(*) FROM contacts c WHERE c.space = s.space)
		FROM contact_spaces s WHERE space = $1`, room.ID).Scan(&kept, &found)
	if err != nil {
		t.Fatal(err)
	}
	if kept != found {
		t.Errorf("the space counts %d contacts and has %d", kept, found)
	}
	var twice int
	err = db.QueryRow(ctx, `
		SELECT count(*) FROM (
			SELECT FROM contacts WHERE space = $1 AND fields ->> 'email' <> '' GROUP BY fields ->> 'email' HAVING count(*) > 1
			UNION ALL
			SELECT FROM contacts WHERE space = $1 AND fields ->> 'external_id' <> '' GROUP BY fields ->> 'external_id' HAVING count(*) > 1
		) AS shared`, room.ID).Scan(&twice)
	if err != nil {
		t.Fatal(err)
	}
	if twice > 0 {
		t.Errorf("%d values that name one contact are shown by several (C1-15)", twice)
	}
	inboxes, err := projections.ListInboxes(ctx, db, room.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range inboxes {
		n := int64(0)
		for range pages(ctx, t, db, projections.ContactList{In: room.ID, Space: room.Space, Filter: i.Filter, Limit: 2}) {
			n++
		}
		if n != i.Contacts {
			t.Errorf("inbox %s counts %d contacts and shows %d", i.Name, i.Contacts, n)
		}
	}
}

// dump is all rows of the contacts' tables in a space.
func dump(ctx context.Context, t rapidOrTest, db *pgxpool.Pool, in space.ID) (all []string) {
	t.Helper()
	for _, table := range (projections.Contacts{}).Tables() {
		rows, err := db.Query(ctx, `SELECT to_jsonb(t)::text FROM `+table+` t WHERE space = $1 ORDER BY 1`, in)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var row string
			if err := rows.Scan(&row); err != nil {
				t.Fatal(err)
			}
			all = append(all, table+" "+row)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}
