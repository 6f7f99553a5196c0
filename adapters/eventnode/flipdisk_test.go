package eventnode

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// gate is a disk on which no table can be begun while it is shut.
type gate struct {
	*vfs.MemFS
	open chan struct{}
}

func (g *gate) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	if strings.HasSuffix(name, ".sst") {
		<-g.open
	}
	return g.MemFS.Create(name, category)
}

// filled is a disk on which a killed node left tables, a closed log of
// 64 KiB that is not in a table yet, and the newest log, and what is in the store.
func filled(t testing.TB) (*vfs.MemFS, []digest) {
	mem := vfs.NewCrashableMem()
	journal, n := []digest{0}, 0
	fill := func(s *store, first, bytes, each int) {
		w := writerOf(t, s)
		for written := 0; written < bytes; {
			id := uuid.UUID{6: byte(n >> 8), 7: byte(n), 8: 1}
			e := event{ID: id, Type: "said", Data: []byte(strings.Repeat("x", each+rand.IntN(each)))}
			n++
			a := proposal{stream: fmt.Sprint("stream-", first+rand.IntN(6)), expected: anyRevision, events: []event{e}, now: time.Now()}
			_, err := w.change(t.Context(), a.decide)
			require.NoError(t, err)
			written += e.recordSize() + 80
		}
		w.stop()
		for e, err := range s.events(uint64(len(journal)), tombstone, false) {
			require.NoError(t, err)
			journal = append(journal, digestOf(e))
		}
	}
	shut := &gate{mem, make(chan struct{})}
	close(shut.open)
	s, err := openStore(on(shut))
	require.NoError(t, err)
	s.guard.fresh.Store(true) // nothing of older logs is behind the ends of newer ones
	fill(s, 0, 240<<10, 1000)
	require.NoError(t, s.db.Flush())
	shut.open = make(chan struct{})
	fill(s, 6, 64<<10, 100)
	_, err = s.db.AsyncFlush()
	require.NoError(t, err)
	fill(s, 6, 8<<10, 100)
	left := mem.CrashClone(vfs.CrashCloneCfg{}) // everything is synced
	close(shut.open)
	require.NoError(t, s.close())
	return left, journal
}

func writerOf(t testing.TB, s *store) *writer {
	last, err := s.check()
	require.NoError(t, err)
	w, err := startWriter(s, newTail(last), last)
	require.NoError(t, err)
	return w
}
