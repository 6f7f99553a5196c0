package eventnode_test

import (
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// large is n events that are so large that the store soon begins another log.
func large(n int) []esdb.EventData {
	events := said(0, n)
	for i := range events {
		events[i].Data = []byte(`"` + strings.Repeat("x", 50_000) + `"`)
	}
	return events
}

func TestAStoreThatFailedIsOpenedAgain(t *testing.T) {
	t.Parallel()
	if apart(t) {
		return
	}
	for _, o := range []operation{
		{"sync", "*.log"}, {"write", "*.log"}, {"create", "*.log"}, {"sync", "MANIFEST-*"}, {"write", "MANIFEST-*"}, {"sync", "node"},
	} {
		t.Run(o.does+" "+strings.Trim(o.file, "-*."), func(t *testing.T) {
			d := newDisk()
			c := dial(t, start(t, eventnode.Config{Dir: "node", FS: d}))
			d.failOnce(o.does, o.file, syscall.EIO)
			var acks []ack
			refused := 0
			events := large(rounds(200, 400))
			for len(events) > 0 {
				w, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, events[0])
				if err != nil {
					require.Equal(t, esdb.ErrorUnavailable, codeOf(err))
					require.ErrorContains(t, err, "cannot write for now")
					refused++
					if len(acks) > 0 {
						require.Len(t, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 1), 1, "reads go on")
					}
					continue
				}
				acks = append(acks, ack{"ada", w.NextExpectedVersion, w.CommitPosition, []uuid.UUID{events[0].EventID}})
				events = events[1:]
			}
			require.NotZero(t, refused)
			kept(t, acks, everything(t, c), math.MaxUint64)
			surviving(t, d, acks)
		})
	}
}

// surviving requires that what was answered is there if the power goes now.
func surviving(t testing.TB, d *disk, acks []ack) {
	t.Helper()
	n, err := eventnode.Start(eventnode.Config{
		Dir: "node", FS: d.CrashClone(vfs.CrashCloneCfg{}), Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	kept(t, acks, everything(t, dial(t, n)), math.MaxUint64)
	require.NoError(t, n.Close())
}

func TestAFullDiskRefusesAppendsUntilThereIsSpace(t *testing.T) {
	if apart(t) {
		return
	}
	d := newDisk()
	c := dial(t, start(t, eventnode.Config{Dir: "node", FS: d}))
	appended(t, c, "ada", 0, 3)
	d.fail(func(o operation) error {
		if o.does == "sync" {
			return nil
		}
		return syscall.ENOSPC
	})
	late := said(3, 1)
	for range 20 {
		begun := time.Now()
		_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, late...)
		require.Equal(t, esdb.ErrorUnavailable, codeOf(err))
		require.ErrorContains(t, err, "the disk of the event node is full")
		require.Less(t, time.Since(begun), 10*time.Second)
		require.Len(t, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10), 3)
	}
	d.fail(nil)
	require.Eventually(t, func() bool {
		_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, late...)
		return err == nil
	}, 10*time.Second, 10*time.Millisecond)
	require.Len(t, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10), 4, "the refused append happened once")
}

// Whatever fails whenever, an append that is repeated until it is answered happens once.
func TestNothingAnsweredIsLostOnADiskThatFailsNowAndThen(t *testing.T) {
	t.Parallel()
	if apart(t) {
		return
	}
	var failures, answered atomic.Int64
	for range rounds(2, 50) {
		d := newDisk()
		c := dial(t, start(t, eventnode.Config{Dir: "node", FS: d}))
		left := 3
		d.fail(func(o operation) error {
			if left == 0 || rand.IntN(200) > 0 {
				return nil
			}
			left--
			failures.Add(1)
			return []error{syscall.EIO, syscall.ENOSPC}[rand.IntN(2)]
		})
		var mu sync.Mutex
		var acks []ack
		var all sync.WaitGroup
		for by := range 8 {
			all.Go(func() {
				for _, e := range large(40) {
					stream := fmt.Sprint("writer-", by)
					for {
						w, err := c.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{}, e)
						if err == nil {
							answered.Add(1)
							mu.Lock()
							acks = append(acks, ack{stream, w.NextExpectedVersion, w.CommitPosition, []uuid.UUID{e.EventID}})
							mu.Unlock()
							break
						}
						if codeOf(err) != esdb.ErrorUnavailable {
							t.Error(err)
							return
						}
					}
				}
			})
		}
		all.Wait()
		d.fail(nil)
		kept(t, acks, everything(t, c), math.MaxUint64)
		surviving(t, d, acks)
	}
	t.Logf("%d answered appends survived %d errors of the disk", answered.Load(), failures.Load())
}
