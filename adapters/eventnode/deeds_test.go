package eventnode

import (
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// deeds is somebody who does a bit of everything to a store, one thing after another,
// and notes what there must be after each.
type deeds struct {
	t       testing.TB
	disk    vfs.FS
	random  *rand.Rand
	store   *store
	writer  *writer
	streams []string
	showed  map[string]digest

	mu        sync.Mutex
	done      []state  // after each deed that was answered
	journal   []digest // of each event, by its position
	scavenged bool     // or begun to be
}

// state is what a store must show after so many deeds.
type state struct {
	position uint64
	shown    digest
}

func newDeeds(t testing.TB, disk vfs.FS) *deeds {
	d := &deeds{t: t, disk: disk, random: rand.New(rand.NewPCG(1, 1)), done: []state{{}}, journal: []digest{0}, showed: map[string]digest{}}
	for i := range 24 {
		d.streams = append(d.streams, fmt.Sprint("stream-", i))
	}
	return d
}

func on(disk vfs.FS) Config {
	return Config{Dir: "node", FS: disk, Log: slog.New(slog.DiscardHandler), CacheSize: 8 << 20}
}

func (d *deeds) open() {
	var err error
	d.store, err = openStore(on(d.disk))
	require.NoError(d.t, err)
	last, err := d.store.check()
	require.NoError(d.t, err)
	d.writer, err = startWriter(d.store, newTail(last), last)
	require.NoError(d.t, err)
}

func (d *deeds) close() {
	d.writer.stop()
	require.NoError(d.t, d.store.close())
}

// do does so many things.
func (d *deeds) do(many int) {
	d.open()
	defer d.close()
	for n := 1; n <= many; n++ {
		which := d.random.IntN(len(d.streams))
		name := d.streams[which]
		switch dice := d.random.IntN(100); {
		case n%150 == 0:
			d.close()
			d.open()
		case n%100 == 0:
			d.mu.Lock()
			d.scavenged = true
			d.mu.Unlock()
			_, err := d.store.scavenge(d.t.Context(), d.writer.tail.last(), time.Now())
			require.NoError(d.t, err)
		case dice < 2:
			d.change(name, func(l *ledger, st *stream) error {
				return l.record(st, time.Now(), event{ID: uuid.New(), Type: typeTombstone, Revision: tombstone})
			})
			d.streams[which] += "'"
		case dice < 8:
			d.change(metaOf(name), func(l *ledger, about *stream) error {
				return l.record(about, time.Now(), event{ID: uuid.New(), Type: typeMetadata, JSON: true, Data: fmt.Appendf(nil, `{"$tb":%d}`, gone)})
			})
		case dice < 18:
			keeps := []string{`{"$maxCount":%d}`, `{"$tb":%d}`}[d.random.IntN(2)]
			d.append(metaOf(name), event{ID: uuid.New(), Type: typeMetadata, JSON: true, Data: fmt.Appendf(nil, keeps, 1+d.random.IntN(10))})
		default:
			events := make([]event, 1+d.random.IntN(4))
			for i := range events {
				events[i] = event{ID: uuid.New(), Type: "said", Data: []byte(strings.Repeat("x", d.random.IntN(300)))}
			}
			if d.random.IntN(100) == 0 {
				events[0].Data = []byte(strings.Repeat("y", 40_000))
			}
			d.append(name, events...)
		}
		d.note(name)
	}
}

func (d *deeds) append(stream string, events ...event) {
	a := proposal{stream: stream, expected: anyRevision, events: events, now: time.Now()}
	out, err := d.writer.change(d.t.Context(), a.decide)
	require.NoError(d.t, err)
	require.Equal(d.t, write, out.verdict)
}

func (d *deeds) change(stream string, record func(*ledger, *stream) error) {
	_, err := d.writer.change(d.t.Context(), func(l *ledger) (outcome, error) {
		st, err := l.stream(stream)
		if err != nil {
			return outcome{}, err
		}
		return outcome{}, record(l, st)
	})
	require.NoError(d.t, err)
}

// note notes what a stream and its metadata show now.
func (d *deeds) note(name string) {
	last := d.writer.tail.last()
	shown := d.done[len(d.done)-1].shown
	for _, name := range []string{name, metaOf(name)} {
		now, err := d.store.digest(name)
		require.NoError(d.t, err)
		shown ^= d.showed[name] ^ now
		d.showed[name] = now
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for e, err := range d.store.events(uint64(len(d.journal)), math.MaxUint64, false) {
		require.NoError(d.t, err)
		d.journal = append(d.journal, digestOf(e))
	}
	d.done = append(d.done, state{last, shown})
}
