package projections_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"skein/adapters/memory"
	"skein/adapters/postgres/postgrestest"
	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/organization"
	"skein/domain/space"
	"skein/projections"
)

var _ commands.Gate = (*projections.Gate)(nil)

// gateOf is a gate whose tables are brought up to date when somebody comes to it.
func gateOf(db *pgxpool.Pool, name string, j *memory.Journal) *projections.Gate {
	p := &projections.Projector{Name: name, Projection: projections.Contacts{}, DB: db}
	var mu sync.Mutex
	return &projections.Gate{Contacts: p, End: func(ctx context.Context) (domain.Position, error) {
		mu.Lock()
		defer mu.Unlock()
		events := j.All(p.Reached())
		if len(events) == 0 {
			return p.Reached(), nil
		}
		end := events[len(events)-1].Position
		return end, p.Follow(ctx, projections.Page{Events: events, End: end})
	}}
}

// limit lets the house's space take in so many contacts; fewer than none: any number.
func (h *house) limit(ctx context.Context, t rapidOrTest, most int) {
	t.Helper()
	of := h.room.Space.Organization
	_, err := h.Organization(ctx, by, of, organization.SwitchModule{Module: organization.WhiteLabel, On: true})
	if err == nil {
		var length uint64
		if _, length, err = h.ReadSpace(ctx, of, h.room.ID); err == nil {
			_, _, err = h.EditSpace(ctx, by, h.room, length, space.Edit{Limit: &space.Limit{On: most >= 0, AtMost: max(most, 0)}})
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Of many who come at the last free place at the same moment, by whatever way and
// to whichever process, exactly one gets it (C0-25).
func TestLastPlace(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := postgrestest.Open(t)
	h := build(t, "gate-")
	h.Gate = gateOf(db, "contacts", h.journal)
	other := &commands.Handler{Journal: h.journal, Now: h.Now, NewID: h.NewID, Hash: h.Hash, Gate: gateOf(db, "contacts", h.journal)}
	for round := range 5 {
		h.limit(ctx, t, round+1)
		var came atomic.Int32
		var all sync.WaitGroup
		for i := range 32 {
			do := h.Handler
			if i%2 == 1 {
				do = other
			}
			email := fmt.Sprintf("c%d-%d@example.org", round, i)
			all.Go(func() {
				var err error
				switch i % 3 {
				case 0:
					_, _, err = do.CreateContact(ctx, by, h.room, contact.Create{Fields: map[string]string{"email": email}})
				case 1:
					row := commands.ImportRow{Line: 1, Fields: map[string]string{"email": email}}
					var refused *domain.Refusal
					_, err = do.ImportContacts(ctx, by, h.room, slices.Values([]commands.ImportRow{row}), func(done commands.Imported) { refused = done.Err })
					if refused != nil {
						err = refused
					}
				case 2:
					err = do.Receive(ctx, by, h.room, commands.Mailed{Identity: email, Email: email, At: h.Now()})
				}
				if err == nil {
					came.Add(1)
				} else if !errors.Is(err, space.ErrFull) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if came.Load() != 1 {
			t.Errorf("%d came in where there was one place", came.Load())
		}
	}
}

// Whoever waits no longer is not let in later, and a gate that cannot tell how many
// are inside lets in nobody.
func TestGateThatCannotTell(t *testing.T) {
	t.Parallel()
	broken := errors.New("the journal does not answer")
	asked, answer := make(chan bool, 1), make(chan error)
	gate := &projections.Gate{
		Contacts: &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: postgrestest.Open(t)},
		End: func(context.Context) (domain.Position, error) {
			asked <- true
			return 0, <-answer
		},
	}
	add := func(context.Context) error { t.Error("let in"); return nil }
	first := make(chan error, 1)
	go func() { first <- gate.Admit(t.Context(), "lab", 5, add) }()
	<-asked
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := gate.Admit(ctx, "lab", 5, add); !errors.Is(err, context.Canceled) {
		t.Errorf("who waits no longer: %v", err)
	}
	answer <- broken
	if err := <-first; !errors.Is(err, broken) {
		t.Errorf("who waited: %v", err)
	}
}

// Nobody is let in before the tables show what the journal tells.
func TestGateWaitsForTables(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t, "late-")
	if _, _, err := h.CreateContact(ctx, by, h.room, contact.Create{Fields: map[string]string{"first_name": "Ada"}}); err != nil {
		t.Fatal(err)
	}
	p := &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: postgrestest.Open(t)}
	asked := make(chan bool)
	gate := &projections.Gate{Contacts: p, End: func(context.Context) (domain.Position, error) {
		asked <- true
		return domain.Position(len(h.journal.All(0))), nil
	}}
	answer := make(chan error, 1)
	go func() { answer <- gate.Admit(ctx, h.room.ID, 1, func(context.Context) error { return nil }) }()
	<-asked
	follow(ctx, t, p, h.journal, 0)
	if err := <-answer; !errors.Is(err, space.ErrFull) {
		t.Errorf("got %v", err)
	}
}

// While one process lets somebody in, all others wait.
func TestGateOfTwoProcesses(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := postgrestest.Open(t)
	one, other := gateOf(db, "contacts", &memory.Journal{}), gateOf(db, "contacts", &memory.Journal{})
	second := make(chan error, 1)
	err := one.Admit(ctx, "lab", 1, func(context.Context) error {
		go func() { second <- other.Admit(ctx, "lab", 1, func(context.Context) error { return nil }) }()
		for {
			var waits bool
			err := db.QueryRow(ctx, `
				SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
				AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`).Scan(&waits)
			if waits || err != nil {
				return err
			}
			select {
			case <-second:
				return errors.New("the other process did not wait")
			default:
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-second; err != nil { // nothing was written, so there is room yet
		t.Errorf("afterwards: %v", err)
	}
}

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

// What a database of an earlier version has of a space is still understood.
func TestSpaceOfOld(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := postgrestest.Open(t)
	h := build(t, "old-")
	p := &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: db}
	cut := follow(ctx, t, p, h.journal, 0)
	_, err := db.Exec(ctx, `UPDATE contact_spaces SET state = (state - 'Limit') || '{"Users": {"eve": "agent"}}' WHERE space = $1`, h.room.ID)
	if err != nil {
		t.Fatal(err)
	}
	h.limit(ctx, t, 5)
	if _, err := h.Space(ctx, by, h.room, space.Assign{User: "eve", Role: space.Manager, NoExport: true}); err != nil {
		t.Fatal(err)
	}
	follow(ctx, t, p, h.journal, cut)
	var state string
	if err := db.QueryRow(ctx, `SELECT state::text FROM contact_spaces WHERE space = $1`, h.room.ID).Scan(&state); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(state, `"Lab"`) || strings.Contains(state, "eve") {
		t.Errorf("kept as %s", state)
	}
}
