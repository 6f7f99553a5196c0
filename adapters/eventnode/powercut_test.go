package eventnode_test

import (
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// wires is a file system that calls cut before and after each sync of a file.
type wires struct {
	vfs.FS
	cut func()
}

func (w wires) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := w.FS.Create(name, category)
	return wired{f, w.cut}, err
}

func (w wires) ReuseForWrite(old, name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := w.FS.ReuseForWrite(old, name, category)
	return wired{f, w.cut}, err
}

func (w wires) OpenDir(name string) (vfs.File, error) {
	f, err := w.FS.OpenDir(name)
	return wired{f, w.cut}, err
}

type wired struct {
	vfs.File
	cut func()
}

func (f wired) Sync() error {
	f.cut()
	defer f.cut()
	return f.File.Sync()
}

func (f wired) SyncData() error {
	f.cut()
	defer f.cut()
	return f.File.SyncData()
}

// outage is a disk as a power cut left it, and what was answered before.
type outage struct {
	disk *vfs.MemFS
	acks []ack
}

func TestWhatWasAnsweredSurvivesPowerCuts(t *testing.T) {
	answered, syncs := 0, 0
	var outages []outage
	for range rounds(1, 20) {
		outages = nil
		var mu sync.Mutex
		var acks []ack
		disk, left := vfs.NewCrashableMem(), 10
		random := rand.New(rand.NewPCG(rand.Uint64(), 0))
		n := start(t, eventnode.Config{Dir: "node", FS: wires{disk, func() {
			mu.Lock()
			defer mu.Unlock()
			if syncs++; left > 0 && random.IntN(40) == 0 {
				left--
				cfg := vfs.CrashCloneCfg{UnsyncedDataPercent: []int{0, 50, 90}[left%3], RNG: random}
				outages = append(outages, outage{disk.CrashClone(cfg), slices.Clone(acks)})
			}
		}}})
		c := dial(t, n)
		var all sync.WaitGroup
		for by := range 8 {
			all.Go(func() {
				for i := range 80 {
					e, stream := said(i, 1)[0], fmt.Sprint("writer-", by)
					e.Data = []byte(`"` + strings.Repeat("x", 60_000) + `"`)
					w, err := c.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{}, e)
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					acks = append(acks, ack{stream, w.NextExpectedVersion, w.CommitPosition, []uuid.UUID{e.EventID}})
					mu.Unlock()
				}
			})
		}
		all.Wait()
		mu.Lock()
		left = 0
		mu.Unlock()
		require.NotEmpty(t, outages)
		for _, o := range outages {
			n, err := eventnode.Start(eventnode.Config{Dir: "node", FS: o.disk, Log: slog.New(slog.DiscardHandler)})
			require.NoError(t, err)
			kept(t, o.acks, everything(t, dial(t, n)), math.MaxUint64)
			require.NoError(t, n.Close())
			answered += len(o.acks)
		}
	}
	t.Logf("%d answered appends survived power cuts during %d syncs", answered, syncs)
}
