package eventstore_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"skein/adapters/eventstore"
	"skein/domain"
)

// A journal is copied, and then found to be copied, by how many events of a stream
// follow one another.
func BenchmarkCopy(b *testing.B) {
	for _, together := range []int{1, 3, 100} {
		b.Run(fmt.Sprint(together), func(b *testing.B) {
			const events = 20_000
			here := start(b, b.TempDir())
			j := open(b, here.Target())
			batch := make([]domain.Event, together)
			for i := range batch {
				batch[i] = named("Ada")
			}
			var writing sync.WaitGroup
			for w := range 32 {
				writing.Go(func() {
					for n := w; n < events/together; n += 32 {
						if _, err := j.Append(b.Context(), domain.StreamOf("contact", "lab", fmt.Sprint(n)), 0, by, batch...); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			writing.Wait()
			b.ResetTimer()
			var copying, finding time.Duration
			for range b.N {
				c := eventstore.Copy{From: dial(b, here.Target()), To: dial(b, start(b, b.TempDir()).Target())}
				began := time.Now()
				done, err := c.Run(b.Context())
				if err != nil || done.Events != events/together*together {
					b.Fatal(done, err)
				}
				copying += time.Since(began)
				began = time.Now()
				if done, err := c.Run(b.Context()); err != nil || done.Events > 0 {
					b.Fatal(done, err)
				}
				finding += time.Since(began)
			}
			b.ReportMetric(float64(events*b.N)/copying.Seconds(), "events/s")
			b.ReportMetric(float64(finding.Microseconds())/float64(b.N), "again-us")
		})
	}
}
