package httpapi_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"skein/adapters/eventnode"
	"skein/adapters/eventstore"
	"skein/adapters/memory"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/credential"
	"skein/domain/organization"
	"skein/domain/space"
)

// onNode is a world that answers no queries, on an event node.
func onNode(b *testing.B) (*world, *eventstore.Journal) {
	b.Helper()
	quiet := slog.New(slog.DiscardHandler)
	node, err := eventnode.Start(eventnode.Config{Dir: b.TempDir(), Log: quiet})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { node.Close() })
	conn, err := eventstore.Dial(node.Target(), quiet)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	j := eventstore.NewJournal(conn, domain.NewCodec(contact.Facts, organization.Facts, space.Facts, credential.Facts))
	w := commandsOnly(b)
	w.Commands.Journal, w.News, w.Ready, w.journal = j, j, j.End, new(memory.Journal)
	w.http = w.anew()
	w.org, w.token = w.newOrganization("Engines", "ada")
	w.space = w.newSpace(w.org, "Berlin")
	return w, j
}

// events follows the world's space, and calls arrived with each line of data.
func (w *world) events(ctx context.Context, s *httptest.Server, arrived func(data string)) {
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/v1/spaces/"+string(w.space)+"/changes/stream", nil)
	r.Header.Set("Authorization", "Bearer "+w.token)
	answer, err := s.Client().Do(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		w.t.Error(answer, err)
		return
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if data, is := strings.CutPrefix(lines.Text(), "data: "); is {
			arrived(data)
		}
	}
}

// BenchmarkChangesStream measures how many events a second one stream tells of that
// reads a space from its beginning.
func BenchmarkChangesStream(b *testing.B) {
	w, j := onNode(b)
	s := w.served()
	const events = 20_000
	w.people(b, j, events)
	for b.Loop() {
		ctx, enough := context.WithCancel(b.Context())
		n := 0
		w.events(ctx, s, func(string) {
			if n++; n == events {
				enough()
			}
		})
		enough()
	}
	b.ReportMetric(events*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// people records events of contacts in the world's space.
func (w *world) people(b *testing.B, j *eventstore.Journal, events int) {
	var wait sync.WaitGroup
	batch := slices.Repeat([]domain.Event{contact.Created{Origin: contact.ByHand, Says: map[contact.Slot]string{"first_name": "Ada", "last_name": "Lovelace", "country": "England", "#vip": "on"}}}, 100)
	for range events / len(batch) {
		wait.Go(func() {
			if _, err := j.Append(b.Context(), contact.Key{Space: w.space, ID: contact.ID(newID())}.Stream(), 0, system, batch...); err != nil {
				b.Error(err)
			}
		})
	}
	wait.Wait()
}

// BenchmarkChangesLatency measures how long after an append was acknowledged those who
// follow the space have read of it, one append after the other.
func BenchmarkChangesLatency(b *testing.B) {
	for _, listeners := range []int{1, 16} {
		b.Run(fmt.Sprint(listeners), func(b *testing.B) {
			w, j := onNode(b)
			s := w.served()
			arrived := make(chan time.Time, 1000)
			var following sync.WaitGroup
			ctx, enough := context.WithCancel(b.Context())
			for range listeners {
				following.Go(func() { w.events(ctx, s, func(string) { arrived <- time.Now() }) })
			}
			for range listeners {
				<-arrived // that the space was created
			}
			var took, whole []time.Duration
			stream, n := contact.Key{Space: w.space, ID: contact.ID(newID())}.Stream(), uint64(0)
			for b.Loop() {
				began := time.Now()
				if _, err := j.Append(b.Context(), stream, n, system, contact.Edited{Says: map[contact.Slot]string{"first_name": "Ada"}}); err != nil {
					b.Fatal(err)
				}
				acknowledged := time.Now()
				n++
				for range listeners {
					at := <-arrived
					took, whole = append(took, max(at.Sub(acknowledged), 0)), append(whole, at.Sub(began))
				}
			}
			enough()
			following.Wait()
			for name, all := range map[string][]time.Duration{"ack": took, "begin": whole} {
				slices.Sort(all)
				b.ReportMetric(float64(all[len(all)/2].Microseconds()), "µs-p50-from-"+name)
				b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "µs-p99-from-"+name)
			}
		})
	}
}
