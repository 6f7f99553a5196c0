package feed_test

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"skein/adapters/eventnode"
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
		f.there <- struct{}{}
	}
	return nil
}

// follow has followers that do nothing follow a node's journal up to a position.
func follow(b *testing.B, node *eventnode.Node, until domain.Position, followers int) {
	_, sub := journal(b, node)
	all, there := map[string]feed.Follower{}, make(chan struct{}, followers)
	for n := range followers {
		all[strconv.Itoa(n)] = idle{until, there}
	}
	router, err := feed.Router(feed.Routing{Subscriber: sub, Codec: codec, Log: quiet, Followers: all})
	if err != nil {
		b.Fatal(err)
	}
	ran := make(chan error)
	go func() { ran <- router.Run(b.Context()) }()
	for range followers {
		<-there
	}
	router.Close()
	<-ran
}

func BenchmarkBacklog(b *testing.B) {
	for _, followers := range []int{1, 8} {
		b.Run(strconv.Itoa(followers), func(b *testing.B) {
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
				follow(b, node, end, followers)
			}
			b.ReportMetric(float64(b.N*followers)*events/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// What passes from before an append until a follower has its event, alone and beside a
// follower that takes a thousandth of them.
func BenchmarkLag(b *testing.B) {
	for _, beside := range []string{"nobody", "slow"} {
		b.Run(beside, func(b *testing.B) {
			j, sub := journal(b, start(b, b.TempDir()))
			pages, err := sub.Subscribe(b.Context(), "fast")
			if err != nil {
				b.Fatal(err)
			}
			var slow <-chan *message.Message
			if beside == "slow" {
				if slow, err = sub.Subscribe(b.Context(), "slow"); err != nil {
					b.Fatal(err)
				}
			}
			var lags []time.Duration
			b.ResetTimer()
			for n := range b.N {
				began := time.Now()
				add(b, j, "contact-lab.ada", uint64(n), named("Ada"))
				page(b, pages)
				lags = append(lags, time.Since(began))
				if n%1000 == 0 && slow != nil {
					page(b, slow)
				}
			}
			slices.Sort(lags)
			b.ReportMetric(float64(lags[len(lags)/2].Microseconds()), "p50-us")
			b.ReportMetric(float64(lags[len(lags)*99/100].Microseconds()), "p99-us")
		})
	}
}

func BenchmarkPublish(b *testing.B) {
	conn := dial(b, start(b, b.TempDir()).Target())
	publisher, reader := &feed.Publisher{Streams: conn}, &feed.Reader{Streams: conn, Log: quiet}
	defer reader.Close()
	messages, err := reader.Subscribe(b.Context(), "letters")
	if err != nil {
		b.Fatal(err)
	}
	letter := message.NewMessage("letter", make([]byte, 300))
	b.SetParallelism(16)
	b.ResetTimer()
	go b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := publisher.Publish("letters", letter); err != nil {
				b.Error(err)
			}
		}
	})
	for range b.N {
		m := <-messages
		m.Ack()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
