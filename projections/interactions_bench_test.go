package projections_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"skein/adapters/memory"
	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/projections"
)

// BenchmarkInteractions measures how long a page of the messages of a contact takes
// that has 100,000 itself and has absorbed 49 others with 1,000 each.
func BenchmarkInteractions(b *testing.B) {
	j, db := &memory.Journal{}, postgrestest.Open(b)
	monday := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	j.Now = func() time.Time { return monday }
	one := func(i int) contact.Key {
		return contact.Key{Space: "lab", ID: contact.ID(fmt.Sprintf("contact-%08d", i))}
	}
	for i := range 50 {
		events := []domain.Event{contact.Created{Says: map[contact.Slot]string{"first_name": "Ada"}}}
		if i > 0 {
			events = append(events, contact.Merged{Survivor: one(0).ID})
		}
		if _, err := j.Append(b.Context(), one(i).Stream(), 0, by, events...); err != nil {
			b.Fatal(err)
		}
		var messages []domain.Event
		for n := range map[bool]int{true: 100_000, false: 1_000}[i == 0] {
			messages = append(messages, conversation.MessageReceived{
				Message: conversation.MessageID(fmt.Sprintf("message-%d-%d", i, n)), Channel: "email", Identity: "ada@example.org",
				Subject: "What I meant to say", At: monday.Add(time.Duration(n) * time.Minute),
			})
		}
		if _, err := j.Append(b.Context(), conversation.Stream(one(i)), 0, by, messages...); err != nil {
			b.Fatal(err)
		}
	}
	p := &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: db}
	if err := p.Rebuild(b.Context(), from(j), nil); err != nil {
		b.Fatal(err)
	}
	list := projections.InteractionList{In: "lab", Of: one(0).ID, Limit: 100}
	deep := list
	for range 100 {
		_, next, err := projections.Interactions(b.Context(), db, deep)
		if err != nil {
			b.Fatal(err)
		}
		deep.Cursor = next
	}
	rare := list
	rare.Kinds = []string{"commented"}
	oldest := list
	oldest.Oldest = true
	for _, c := range []struct {
		name string
		projections.InteractionList
	}{{"newest", list}, {"oldest", oldest}, {"page 101", deep}, {"of a kind there is none of", rare}} {
		b.Run(c.name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				if _, _, err := projections.Interactions(b.Context(), db, c.InteractionList); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}
