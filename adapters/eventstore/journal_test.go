package eventstore_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"skein/adapters/eventnode"
	"skein/adapters/eventstore"
	"skein/adapters/eventstore/outage"
	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
)

var (
	codec = domain.NewCodec(contact.Facts)
	quiet = slog.New(slog.DiscardHandler)
	by    = domain.By{Actor: "test", Request: "r-1"}
)

func TestMain(m *testing.M) {
	outage.Serve(func(dir string) (string, error) {
		node, err := eventnode.Start(eventnode.Config{Dir: dir, Log: quiet})
		if err != nil {
			return "", err
		}
		return node.Target(), nil
	})
	goleak.VerifyTestMain(m)
}

func TestJournal(t *testing.T) {
	target := start(t, t.TempDir()).Target()
	journaltest.Run(t, func(t *testing.T) commands.Journal { return open(t, target) })
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

func dial(t testing.TB, target string) *eventstore.Connection {
	t.Helper()
	conn, err := eventstore.Dial(target, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func open(t testing.TB, target string) *eventstore.Journal {
	t.Helper()
	return eventstore.NewJournal(dial(t, target), codec).Chained(hash)
}

// hash is what the tests chain under.
func hash(parts ...[]byte) [16]byte { return keyed("lab", parts) }

func keyed(key string, parts [][]byte) [16]byte {
	mac := hmac.New(sha256.New, []byte(key))
	for _, part := range parts {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		mac.Write(part)
	}
	return [16]byte(mac.Sum(nil)[:16])
}

func named(name string) domain.Event {
	return contact.Edited{Says: map[contact.Slot]string{"first_name": name}}
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
		wait.Go(func() {
			if _, err := j.Append(t.Context(), domain.StreamOf("contact", "backlog", fmt.Sprint(n)), 0, by, batch...); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}

// names are the names that a stream tells of.
func names(t testing.TB, j *eventstore.Journal, s domain.Stream) (told []string) {
	t.Helper()
	for r, err := range j.Read(t.Context(), s, 0) {
		if err != nil {
			t.Fatal(err)
		}
		told = append(told, r.Event.(contact.Edited).Says["first_name"])
	}
	return told
}
