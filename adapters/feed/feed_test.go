package feed_test

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/ThreeDotsLabs/watermill/message"
	"go.uber.org/goleak"

	"skein/adapters/eventnode"
	"skein/adapters/eventstore"
	"skein/adapters/eventstore/outage"
	"skein/adapters/feed"
	"skein/domain"
	"skein/domain/contact"
)

var (
	codec = domain.NewCodec(contact.Facts)
	quiet = slog.New(slog.DiscardHandler)
	by    = domain.By{Actor: "test"}
)

func TestMain(m *testing.M) {
	outage.Serve(func(dir string) (string, error) {
		node, err := eventnode.Start(eventnode.Config{Dir: dir, Log: quiet})
		if err != nil {
			return "", err
		}
		return node.Target(), nil
	})
	goleak.VerifyTestMain(m,
		// Watermill's suite forgets consumers that still have something to hand on.
		goleak.IgnoreAnyFunction("github.com/ThreeDotsLabs/watermill/internal/subscriber.(*multiplier).Subscribe.func2"),
		goleak.IgnoreAnyFunction("github.com/ThreeDotsLabs/watermill/internal/subscriber.(*multiplier).Subscribe.func3"))
}

func start(t testing.TB, dir string) *eventnode.Node {
	t.Helper()
	node, err := eventnode.Start(eventnode.Config{Dir: dir, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { node.Close() })
	return node
}

// journal is the journal of a node, and a subscriber to it that begins at its start.
func journal(t testing.TB, node *eventnode.Node) (*eventstore.Journal, *feed.Subscriber) {
	t.Helper()
	conn := dial(t, node.Target())
	sub := &feed.Subscriber{Journal: conn, Checkpoint: fromTheStart, Log: quiet}
	t.Cleanup(func() { sub.Close() })
	return eventstore.NewJournal(conn, codec), sub
}

// between is a proxy before a node.
func between(t testing.TB, node *eventnode.Node) *outage.Proxy {
	t.Helper()
	proxy, err := outage.Start(node.Target())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { proxy.Close() })
	return proxy
}

func dial(t testing.TB, target string) *eventstore.Connection {
	t.Helper()
	conn, err := eventstore.Dial(target, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// restart restarts a node behind a proxy.
func restart(t testing.TB, node *eventnode.Node, dir string, proxy *outage.Proxy) *eventnode.Node {
	if err := node.Close(); err != nil {
		t.Error(err)
	}
	node = start(t, dir)
	proxy.Lead(node.Target())
	return node
}

func fromTheStart(context.Context, string) (domain.Position, error) { return 0, nil }

func named(name string) domain.Event {
	return contact.Edited{Says: map[contact.Slot]string{"first_name": name}}
}

// add records an event at the end of a stream of length events.
func add(t testing.TB, j *eventstore.Journal, s domain.Stream, length uint64, events ...domain.Event) domain.Position {
	t.Helper()
	at, err := j.Append(t.Context(), s, length, by, events...)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// backlog records events, a hundred to a stream.
func backlog(t testing.TB, j *eventstore.Journal, events int) {
	t.Helper()
	batch := make([]domain.Event, 100)
	for i := range batch {
		batch[i] = named(fmt.Sprint(i))
	}
	var wait sync.WaitGroup
	for n := range events / len(batch) {
		wait.Go(func() { add(t, j, domain.StreamOf("contact", "backlog", fmt.Sprint(n)), 0, batch...) })
	}
	wait.Wait()
}

// page takes the next page, acknowledges it and returns it in lines.
func page(t testing.TB, pages <-chan *message.Message) (lines []feed.Line, end domain.Position) {
	t.Helper()
	select {
	case m := <-pages:
		lines, end = open(t, m)
		m.Ack()
	case <-time.After(20 * time.Second):
		t.Fatal("no page came")
	}
	return lines, end
}

func open(t testing.TB, m *message.Message) (lines []feed.Line, end domain.Position) {
	t.Helper()
	f := feed.Frame(m.Payload)
	end, err := f.End()
	if err != nil {
		t.Fatal(err)
	}
	if m.Metadata.Get(feed.Position) != strconv.FormatUint(uint64(end), 10) {
		t.Errorf("the message says %s of a page that ends at %d", m.Metadata.Get(feed.Position), end)
	}
	for l, err := range f.Lines() {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	return lines, end
}

// foreign records an event that the domain does not know.
func foreign(t testing.TB, target, stream, kind string) {
	t.Helper()
	cfg, err := esdb.ParseConnectionString("esdb://localhost?tls=false")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Address, cfg.Logger = target, nil
	client, err := esdb.NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	e := esdb.EventData{EventType: kind, Data: []byte("{}"), Metadata: []byte("{}")}
	if _, err := client.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{}, e); err != nil {
		t.Fatal(err)
	}
}
