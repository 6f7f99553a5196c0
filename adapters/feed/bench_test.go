package feed_test

import (
	"context"
	"testing"

	"skein/adapters/feed"
	"skein/domain"
	"skein/projections"
)

// idle is a follower that does nothing, and says when it has reached a position.
type idle struct {
	until domain.Position
	there chan struct{}
}

func (idle) Concerns(domain.Stream) bool { return true }

func (f idle) Follow(_ context.Context, page projections.Page) error {
	if page.End == f.until {
		close(f.there)
	}
	return nil
}

func BenchmarkBacklog(b *testing.B) {
	const events = 200_000
	node := start(b, b.TempDir())
	j, _ := journal(b, node)
	backlog(b, j, events)
	end, err := j.End(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for b.Loop() {
		_, sub := journal(b, node)
		f := idle{end, make(chan struct{})}
		router, err := feed.Router(feed.Routing{Subscriber: sub, Codec: codec, Log: quiet, Followers: map[string]feed.Follower{"idle": f}})
		if err != nil {
			b.Fatal(err)
		}
		ran := make(chan error)
		go func() { ran <- router.Run(b.Context()) }()
		<-f.there
		router.Close()
		<-ran
	}
	b.ReportMetric(float64(b.N)*events/b.Elapsed().Seconds(), "events/s")
}
