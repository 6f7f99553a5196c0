package feed_test

import (
	"os"
	"testing"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/pubsub/tests"

	"skein/adapters/eventstore"
	"skein/adapters/feed"
)

// Watermill's own suite, at its full length with SKEIN_LONG. Messages come in order, and
// again to whoever asks again; they are not shared out among consumers. Its test of
// restarts has a race of its own and is left to TestReaderRestart.
func TestPubSub(t *testing.T) {
	target := start(t, t.TempDir()).Target()
	features := tests.Features{
		GuaranteedOrder:                  true,
		Persistent:                       true,
		NewSubscriberReceivesOldMessages: true,
		ForceShort:                       os.Getenv("SKEIN_LONG") == "",
	}
	tests.TestPubSub(t, features, func(t *testing.T) (message.Publisher, message.Subscriber) {
		conn, err := eventstore.Dial(target, quiet)
		if err != nil {
			t.Fatal(err)
		}
		reader := &feed.Reader{Streams: conn, Log: quiet}
		t.Cleanup(func() {
			reader.Close()
			conn.Close()
		})
		return &feed.Publisher{Streams: conn}, reader
	}, nil)
}
