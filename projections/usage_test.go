package projections_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/adapters/postgres/postgrestest"
	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/domain/space"
	"skein/projections"
)

// What is billed is what a recount of the journal finds, however the journal is cut into
// pages, and wherever it is told from; the same person in two spaces counts twice, who is
// erased was billed for and stays so, and what a space was billed for outlives it (C1-8,
// D1-14).
func TestUsageIsRecounted(t *testing.T) {
	t.Parallel()
	live, again, asked := postgrestest.Open(t), postgrestest.Open(t), postgrestest.Open(t)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		if runs++; runs > 40 {
			return
		}
		ctx := context.Background()
		h := build(t, fmt.Sprintf("u%d-", runs))
		of := h.room.Space.Organization
		clock := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
		h.journal.Now = func() time.Time { return clock }
		id, _, err := h.CreateSpace(ctx, by, space.Create{Organization: of, Name: "Second"})
		if err != nil {
			t.Fatal(err)
		}
		second, err := h.Enter(ctx, commands.Principal{Actor: by.Actor, Organization: of}, id, access.EditContacts)
		if err != nil {
			t.Fatal(err)
		}
		contacts := &projections.Projector{Name: fmt.Sprint("c", runs), Projection: projections.Contacts{}, DB: live}
		spaces := &projections.Projector{Name: fmt.Sprint("s", runs), Projection: projections.Spaces{}, DB: live}
		h.erases(t, asked, contacts.Name, contacts)
		rooms, people := []commands.Room{h.room, second}, make([][]contact.ID, 2)
		cut, latest := domain.Position(0), clock
		for range rapid.IntRange(5, 40).Draw(t, "steps") {
			one := rapid.IntRange(0, 1).Draw(t, "space")
			h.room = rooms[one]
			h.live(ctx, t, &people[one])
			switch rapid.IntRange(0, 7).Draw(t, "time") {
			case 0:
				clock = clock.AddDate(0, 0, 20)
			case 1:
				clock = clock.AddDate(0, 2, 0)
			case 2:
				clock = clock.AddDate(0, -1, 0) // clocks go back
			case 3, 4:
				cut = follow(ctx, t, contacts, h.journal, cut)
			}
			if clock.After(latest) {
				latest = clock
			}
		}
		follow(ctx, t, contacts, h.journal, cut)
		last := latest.AddDate(0, 3, 0)
		from := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
		billed := func() []projections.SpaceUsage {
			all, err := projections.UsageOf(ctx, live, of, from, last, last)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		want := map[string][4]int64{}
		for _, room := range rooms {
			recount(want, h.journal.All(0), room.ID, last)
		}
		if diff := cmp.Diff(want, figures(billed())); diff != "" {
			t.Fatalf("billed otherwise (-recounted +billed):\n%s", diff)
		}
		follow(ctx, t, &projections.Projector{Name: contacts.Name, Projection: projections.Contacts{}, DB: again}, h.journal, 0)
		for _, room := range rooms {
			if diff := cmp.Diff(dump(ctx, t, live, room.ID), dump(ctx, t, again, room.ID)); diff != "" {
				t.Fatalf("told in one page it is otherwise (-live +again):\n%s", diff)
			}
		}

		clock = last
		usage, err := projections.UsageSoFar(ctx, live, second.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.DeleteSpace(ctx, by, of, second.ID, "Second", usage...); err != nil {
			t.Fatal(err)
		}
		follow(ctx, t, contacts, h.journal, contacts.Reached())
		follow(ctx, t, spaces, h.journal, 0)
		for key, u := range want {
			if u[1] >= 0 && key[:len(second.ID)] == string(second.ID) && key[len(second.ID):] == last.Format(" 2006-01") {
				u[0] = 0 // nobody is left at the end of that month
				want[key] = u
			}
		}
		if diff := cmp.Diff(want, figures(billed())); diff != "" {
			t.Fatalf("after the deletion it is billed otherwise (-recounted +billed):\n%s", diff)
		}
	})
}

// figures are people, peak, messages received and sent by space and month.
func figures(all []projections.SpaceUsage) map[string][4]int64 {
	told := map[string][4]int64{}
	for _, u := range all {
		told[string(u.Space)+u.Month.Format(" 2006-01")] = [4]int64{u.People, u.Peak, u.Received, u.Sent}
	}
	return told
}

// recount counts who stood in a space after each event, month by month up to the last.
func recount(into map[string][4]int64, history []domain.Recorded, in space.ID, last time.Time) {
	var family contact.Family
	standing := map[contact.ID]bool{}
	var month time.Time
	key := func() string { return string(in) + month.Format(" 2006-01") }
	begin := func() { n := int64(len(standing)); into[key()] = [4]int64{n, n, 0, 0} }
	start := func(at time.Time) time.Time { return time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC) }
	for _, r := range history {
		of := contact.KeyOf(r.Stream)
		category := r.Stream.Category()
		if of.Space != in || category != "contact" && category != "conversation" {
			continue
		}
		if month.IsZero() {
			month = start(r.At)
			if created := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); month.Before(created) {
				month = created
			}
			begin()
		}
		for start(r.At).After(month) {
			month = month.AddDate(0, 1, 0)
			begin()
		}
		family.Tell(r)
		if delete(standing, of.ID); family.Own(of.ID).Standing() == nil {
			standing[of.ID] = true
		}
		figures := into[key()]
		figures[0] = int64(len(standing))
		figures[1] = max(figures[1], figures[0])
		if i, ok := r.Event.(contact.Interaction); ok && i.Interacted().Way == contact.Incoming {
			figures[2]++
		}
		into[key()] = figures
	}
	for !month.IsZero() && month.Before(start(last)) {
		month = month.AddDate(0, 1, 0)
		begin()
	}
}
