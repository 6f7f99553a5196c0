package projections_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/contact"
	"skein/projections"
)

// BenchmarkSuggestions lets contacts come into a space, one in ten of them a second
// time with a slip, and tells how many contacts and suggestions a second that makes:
// while many come at once, and one by one afterwards.
func BenchmarkSuggestions(b *testing.B) {
	for _, size := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				db := postgrestest.Open(b)
				follower := &projections.Projector{Name: "suggestions", Projection: projections.Suggestions{}, DB: db}
				events := arrivals(size)
				b.StartTimer()
				began := time.Now()
				for from := 0; from < len(events); from += 512 {
					page := projections.Page{Events: events[from:min(from+512, len(events))]}
					page.End = page.Events[len(page.Events)-1].Position
					if err := follower.Follow(b.Context(), page); err != nil {
						b.Fatal(err)
					}
				}
				took := time.Since(began).Seconds()
				var told int
				if err := db.QueryRow(b.Context(), `SELECT count(*) / 2 FROM suggestions`).Scan(&told); err != nil {
					b.Fatal(err)
				}
				began = time.Now()
				const edits = 200
				for i := range edits {
					r := events[i*len(events)/edits]
					r.Event, r.Revision, r.Position = contact.Edited{Says: map[contact.Slot]string{"first_name": "Zoë"}}, 1, domain.Position(len(events)+i+1)
					if err := follower.Follow(b.Context(), projections.Page{Events: []domain.Recorded{r}, End: r.Position}); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(size)/took, "contacts/s")
				b.ReportMetric(float64(told)/took, "suggestions/s")
				b.ReportMetric(float64(time.Since(began).Milliseconds())/edits, "ms/edit")
			}
		})
	}
}

// arrivals are contacts that come into a space.
func arrivals(n int) (events []domain.Recorded) {
	random := rand.New(rand.NewPCG(1, 2))
	name := func(syllables int) (word string) {
		for range syllables {
			word += string("bdfghklmnprstvw"[random.IntN(15)]) + string("aeiou"[random.IntN(5)])
		}
		return word
	}
	var firsts, lasts []string
	for range 500 {
		firsts, lasts = append(firsts, name(3)), append(lasts, name(4))
	}
	often := func(words []string) string { return words[int(float64(len(words))*random.Float64()*random.Float64())] }
	var says map[contact.Slot]string
	for i := range n {
		if i%10 == 9 {
			again := map[contact.Slot]string{}
			for slot, text := range says {
				again[slot] = text
			}
			again["first_name"] += "h"
			delete(again, "email")
			says = again
		} else {
			says = map[contact.Slot]string{"first_name": often(firsts), "last_name": often(lasts)}
			says["email"] = contactAddress(says, random.IntN(1000))
			says["phone"] = fmt.Sprintf("+4930%07d", random.IntN(1e7))
		}
		key := contact.Key{Space: "bench", ID: contact.ID(fmt.Sprintf("0197a4c8-51f0-7cc0-9e9a-%012d", i))}
		events = append(events, domain.Recorded{
			Event: contact.Created{Says: says}, Stream: key.Stream(),
			Moment: domain.Moment{Position: domain.Position(i + 1), At: time.Date(2026, 1, 5, 9, 0, i, 0, time.UTC)},
		})
	}
	return events
}

func contactAddress(says map[contact.Slot]string, n int) string {
	return fmt.Sprintf("%s.%s%d@example.org", says["first_name"], says["last_name"], n)
}
