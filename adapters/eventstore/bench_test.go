package eventstore_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"skein/domain"
)

func BenchmarkAppend(b *testing.B) {
	for _, writers := range []int{1, 32, 256} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			j := open(b, start(b, b.TempDir()).Target())
			var next atomic.Int64
			var wait sync.WaitGroup
			took := make([]time.Duration, b.N)
			b.ReportAllocs()
			b.ResetTimer()
			for range writers {
				wait.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						began := time.Now()
						if _, err := j.Append(b.Context(), domain.StreamOf("contact", "lab", fmt.Sprint(n)), 0, by, named("Ada")); err != nil {
							b.Error(err)
							return
						}
						took[n-1] = time.Since(began)
					}
				})
			}
			wait.Wait()
			slices.Sort(took)
			b.ReportMetric(float64(took[b.N*99/100].Microseconds()), "p99-us")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
		})
	}
}

func BenchmarkRead(b *testing.B) {
	for _, readers := range []int{1, 32} {
		b.Run(fmt.Sprint(readers), func(b *testing.B) {
			j := open(b, start(b, b.TempDir()).Target())
			for n := range 100 {
				s := domain.StreamOf("contact", "lab", fmt.Sprint(n))
				if _, err := j.Append(b.Context(), s, 0, by, named("Ada"), named("Countess"), named("Lovelace")); err != nil {
					b.Fatal(err)
				}
			}
			var next atomic.Int64
			var wait sync.WaitGroup
			b.ReportAllocs()
			b.ResetTimer()
			for range readers {
				wait.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						read := 0
						for _, err := range j.Read(b.Context(), domain.StreamOf("contact", "lab", fmt.Sprint(n%100)), 0) {
							if err != nil {
								b.Error(err)
								return
							}
							read++
						}
						if read != 3 {
							b.Errorf("read %d events", read)
						}
					}
				})
			}
			wait.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reads/s")
		})
	}
}

func BenchmarkAll(b *testing.B) {
	const events = 100_000
	j := open(b, start(b, b.TempDir()).Target())
	backlog(b, j, events)
	b.ResetTimer()
	for b.Loop() {
		read := 0
		for _, err := range j.All(b.Context(), 0) {
			if err != nil {
				b.Fatal(err)
			}
			read++
		}
		if read != events {
			b.Fatalf("read %d events", read)
		}
	}
	b.ReportMetric(float64(b.N)*events/b.Elapsed().Seconds(), "events/s")
}
