package eventnode

import (
	"encoding/binary"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"
)

// together runs b.N operations by so many at a time.
func together(b *testing.B, many int, operation func(by int)) {
	var left atomic.Int64
	left.Store(int64(b.N))
	var all sync.WaitGroup
	b.ResetTimer()
	for by := range many {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				operation(by)
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "op/s")
}

// BenchmarkEngine compares appends without the network to what Pebble does when each
// event is three keys and each writer waits for its own sync.
func BenchmarkEngine(b *testing.B) {
	data := make([]byte, 300)
	for _, writers := range []int{1, 32, 256} {
		b.Run(fmt.Sprintf("pebble/%d", writers), func(b *testing.B) {
			s, err := openStore(Config{Dir: b.TempDir(), Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				b.Fatal(err)
			}
			defer s.close()
			var position atomic.Uint64
			together(b, writers, func(by int) {
				at := position.Add(1)
				batch := s.db.NewBatch()
				batch.Set(eventKey(at), data, nil)
				batch.Set(indexKey(uint64(by), int64(at)), binary.BigEndian.AppendUint64(nil, at), nil)
				batch.Set(nameKey(fmt.Sprint("stream-", by)), binary.BigEndian.AppendUint64(nil, at), nil)
				if err := batch.Commit(pebble.Sync); err != nil {
					b.Error(err)
				}
				batch.Close()
			})
		})
		b.Run(fmt.Sprintf("append/%d", writers), func(b *testing.B) {
			s, err := openStore(Config{Dir: b.TempDir(), Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				b.Fatal(err)
			}
			defer s.close()
			w, err := startWriter(s, newTail(0), 0)
			if err != nil {
				b.Fatal(err)
			}
			defer w.stop()
			together(b, writers, func(by int) {
				a := proposal{
					stream: fmt.Sprint("stream-", by), expected: anyRevision, now: time.Now(),
					events: []event{{ID: uuid.New(), Type: "said", JSON: true, Data: data}},
				}
				if _, err := w.change(b.Context(), a.decide); err != nil {
					b.Error(err)
				}
			})
		})
	}
}

// BenchmarkScan reads the journal without the network.
func BenchmarkScan(b *testing.B) {
	s, err := openStore(Config{Dir: b.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer s.close()
	const events = 100_000
	for p := uint64(1); p <= events; {
		batch := s.db.NewBatch()
		for range 1000 {
			e := event{Position: p, Stream: "ada", Revision: int64(p - 1), ID: uuid.New(), Type: "said", Data: make([]byte, 300)}
			batch.Set(eventKey(p), e.appendRecord(nil), nil)
			batch.Set(indexKey(1, e.Revision), binary.BigEndian.AppendUint64(nil, p), nil)
			p++
		}
		if err := batch.Commit(pebble.NoSync); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("all", func(b *testing.B) {
		for range b.N {
			for _, err := range s.events(1, events, false) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(b.N)*events/b.Elapsed().Seconds(), "events/s")
	})
	b.Run("stream", func(b *testing.B) {
		for range b.N {
			for _, err := range s.eventsOf(1, 0, tombstone, events, false) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(b.N)*events/b.Elapsed().Seconds(), "events/s")
	})
}
