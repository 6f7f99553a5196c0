package projections_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"skein/adapters/memory"
	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/space"
	"skein/projections"
)

// crowd is a journal of so many contacts of a space, each of whom wrote so often, all
// of them in turn.
func crowd(b *testing.B, contacts, messages int) *memory.Journal {
	j := &memory.Journal{}
	monday := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	j.Now = func() time.Time { return monday }
	say := func(s domain.Stream, length int, events ...domain.Event) {
		if _, err := j.Append(context.Background(), s, uint64(length), by, events...); err != nil {
			b.Fatal(err)
		}
	}
	say(space.ID("lab").Stream(), 0, space.Created{Organization: "org", Name: "Lab"})
	one := func(i int) contact.Key {
		return contact.Key{Space: "lab", ID: contact.ID(fmt.Sprintf("contact-%08d", i))}
	}
	for i := range contacts {
		email := fmt.Sprintf("contact-%d@example.org", i)
		say(one(i).Stream(), 0, contact.Created{Origin: contact.ByMail, Says: map[contact.Slot]string{
			"first_name": "Ada", "last_name": fmt.Sprint("Number ", i), "email": email, "country": "UK", "#new": "on",
		}})
	}
	for n := range messages {
		for i := range contacts {
			say(conversation.Stream(one(i)), n, conversation.MessageReceived{
				Message: conversation.MessageID(fmt.Sprintf("message-%d-%d", i, n)), Channel: "email",
				Identity: fmt.Sprintf("contact-%d@example.org", i), Subject: "What I meant to say",
				At: monday.Add(time.Duration(n) * time.Minute),
			})
		}
	}
	return j
}

// BenchmarkRebuild measures how many events of contacts a rebuild takes in.
func BenchmarkRebuild(b *testing.B) {
	for _, c := range []struct{ contacts, messages int }{{50_000, 0}, {20_000, 5}, {100, 1000}} {
		b.Run(fmt.Sprintf("contacts=%d/messages=%d", c.contacts, c.messages), func(b *testing.B) {
			j, db := crowd(b, c.contacts, c.messages), postgrestest.Open(b)
			p := &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: db}
			for b.Loop() {
				if err := p.Rebuild(b.Context(), from(j), nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(j.All(0))*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkFollow measures how long a page of messages takes.
func BenchmarkFollow(b *testing.B) {
	const contacts, messages = 10_000, 20
	j, db := crowd(b, contacts, messages), postgrestest.Open(b)
	all := j.All(0)
	for _, size := range []int{1, 64, 512} {
		b.Run(fmt.Sprintf("page=%d", size), func(b *testing.B) {
			p := &projections.Projector{Name: fmt.Sprint("contacts", size), Projection: projections.Contacts{}, DB: db}
			if _, err := db.Exec(b.Context(), `TRUNCATE contact_stories, contacts, contact_merges, contact_spaces, inboxes, space_usage`); err != nil {
				b.Fatal(err)
			}
			_, _ = db.Exec(b.Context(), `TRUNCATE interactions`)
			follow := func(events []domain.Recorded) {
				if err := p.Follow(b.Context(), projections.Page{Events: events, End: events[len(events)-1].Position}); err != nil {
					b.Fatal(err)
				}
			}
			follow(all[:contacts+1])
			rest := slices.Collect(slices.Chunk(all[contacts+1:], size))
			i := 0
			for b.Loop() {
				if i == len(rest) {
					b.Fatal("more messages are needed")
				}
				follow(rest[i])
				i++
			}
			b.ReportMetric(float64(size*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
