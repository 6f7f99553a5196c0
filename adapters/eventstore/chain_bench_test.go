package eventstore_test

import (
	"fmt"
	"math"
	"sync"
	"testing"

	"skein/adapters/eventstore"
	"skein/adapters/secrets"
	"skein/domain"
)

// BenchmarkChain is a command as it is carried out, on a stream that is read before it is
// written, with and without a chain; and when the end of the stream was forgotten.
func BenchmarkChain(b *testing.B) {
	keys, err := secrets.Open(b.TempDir()+"/keys", "")
	if err != nil {
		b.Fatal(err)
	}
	for _, how := range []string{"Without", "With", "Forgotten"} {
		b.Run(how, func(b *testing.B) {
			conn := dial(b, start(b, b.TempDir()).Target())
			j := eventstore.NewJournal(conn, codec)
			if how == "With" {
				j = j.Chained(keys.Link)
			}
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				s := domain.StreamOf("contact", "lab", fmt.Sprint(n/10))
				if how == "Forgotten" {
					j = j.Chained(keys.Link)
				}
				for _, err := range j.Read(b.Context(), s, 0) {
					if err != nil {
						b.Fatal(err)
					}
				}
				if how == "Forgotten" {
					j = j.Chained(keys.Link)
				}
				if _, err := j.Append(b.Context(), s, uint64(n%10), by, named("Ada")); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkLink is what a link costs by itself.
func BenchmarkLink(b *testing.B) {
	keys, err := secrets.Open(b.TempDir()+"/keys", "")
	if err != nil {
		b.Fatal(err)
	}
	before, stream, kind, id, data, says := make([]byte, 16), make([]byte, 81), []byte("contact.edited"), make([]byte, 16), make([]byte, 120), make([]byte, 90)
	b.ReportAllocs()
	for b.Loop() {
		keys.Link(before, stream, kind, id, data, says)
	}
}

// BenchmarkCheckChains checks a journal of streams of three events each.
func BenchmarkCheckChains(b *testing.B) {
	const streams = 50_000
	keys, err := secrets.Open(b.TempDir()+"/keys", "")
	if err != nil {
		b.Fatal(err)
	}
	j := eventstore.NewJournal(dial(b, start(b, b.TempDir()).Target()), codec).Chained(keys.Link)
	var wait sync.WaitGroup
	for w := range 32 {
		wait.Go(func() {
			for n := w; n < streams; n += 32 {
				s := domain.StreamOf("contact", "0197f1d2-0000-7000-8000-000000000000", fmt.Sprintf("0197f1d2-0000-7000-8000-%012d", n))
				if _, err := j.Append(b.Context(), s, 0, by, named("Ada"), named("Countess"), named("Lovelace")); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wait.Wait()
	b.ResetTimer()
	for b.Loop() {
		done, err := j.CheckChains(b.Context(), 0, math.MaxInt64, func(broken eventstore.Broken) { b.Error(broken) })
		if err != nil || done.Linked != 3*streams {
			b.Fatalf("%+v, %v", done, err)
		}
	}
	b.ReportMetric(float64(b.N)*3*streams/b.Elapsed().Seconds(), "events/s")
}
