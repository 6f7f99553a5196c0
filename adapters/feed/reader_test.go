package feed_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/google/go-cmp/cmp"

	"skein/adapters/eventstore"
	"skein/adapters/feed"
)

// Messages come once and in order through restarts, to one who takes them one by one.
func TestReaderRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	node := start(t, dir)
	proxy := between(t, node)
	conn := dial(t, proxy.Target())
	reader := &feed.Reader{Streams: conn, Log: quiet}
	defer reader.Close()
	got, err := reader.Subscribe(t.Context(), "letters")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for round := range 4 {
		for n := range 50 {
			id := fmt.Sprint(round, ".", n)
			want = append(want, id)
			if err := (&feed.Publisher{Streams: conn}).Publish("letters", message.NewMessage(id, nil)); err != nil {
				t.Fatal(err)
			}
		}
		node = restart(t, node, dir, proxy)
	}
	var ids []string
	for len(ids) < len(want) {
		m := <-got
		ids = append(ids, m.UUID)
		m.Ack()
	}
	if !slices.Equal(ids, want) {
		t.Error(cmp.Diff(want, ids))
	}
}

// A message keeps its id, whatever that is, its metadata and its payload; an event that
// is no message comes with its payload.
func TestReader(t *testing.T) {
	t.Parallel()
	node := start(t, t.TempDir())
	conn := dial(t, node.Target())
	reader := &feed.Reader{Streams: conn, Log: quiet}
	defer reader.Close()
	publisher := &feed.Publisher{Streams: conn}

	sent := message.NewMessage("letter 1", message.Payload{0, 1, 0xff})
	sent.Metadata.Set("from", "Ada")
	nameless := message.NewMessage("", nil)
	if err := publisher.Publish("letters", sent, nameless, nameless); err != nil {
		t.Fatal(err)
	}
	foreign(t, node.Target(), "letters", "no.message")
	got, err := reader.Subscribe(t.Context(), "letters")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []*message.Message{sent, nameless, nameless} {
		m := <-got
		m.Ack()
		if !m.Equals(want) {
			t.Errorf("got %+v, want %+v", m, want)
		}
	}
	m := <-got
	m.Ack()
	if m.UUID == "" || string(m.Payload) != "{}" {
		t.Errorf("the event came as %+v", m)
	}
	if err := publisher.Publish("letters"); err != nil {
		t.Errorf("published nothing: %v", err)
	}
}

var _ feed.Streams = (*eventstore.Connection)(nil)
