// Package memory keeps the journal in memory, for tests and for trying things out.
package memory

import (
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"skein/commands"
	"skein/domain"
)

// Journal is a commands.Journal in memory. The zero Journal is empty and ready.
type Journal struct {
	// Now is the clock; nil is the real one.
	Now func() time.Time

	mu      sync.RWMutex
	all     []domain.Recorded
	streams map[domain.Stream][]domain.Recorded
	ended   map[domain.Stream]bool // those that were tombstoned
	closed  map[domain.Stream]bool // those that nothing can be recorded in, and that can be read
	told    map[domain.Stream]int  // how many events of a stream were redacted
	moved   chan struct{}          // closed when something is recorded; nil when nobody waits
}

var (
	_ commands.Journal = (*Journal)(nil)
	_ commands.Ground  = (*Journal)(nil)
	_ commands.Records = (*Journal)(nil)
	_ commands.Annals  = (*Journal)(nil)
)

// Read implements commands.Journal.
func (j *Journal) Read(ctx context.Context, s domain.Stream, from uint64) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(domain.Recorded{}, err)
			return
		}
		j.mu.RLock()
		history, ended := j.streams[s], j.ended[s]
		j.mu.RUnlock()
		if ended {
			yield(domain.Recorded{}, commands.ErrTombstoned)
			return
		}
		for _, r := range history[min(from, uint64(len(history))):] {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// Append implements commands.Journal.
func (j *Journal) Append(ctx context.Context, s domain.Stream, length uint64, by domain.By, events ...domain.Event) (domain.Position, error) {
	return j.record(ctx, s, length, domain.Metadata{By: by}, events...)
}

func (j *Journal) record(ctx context.Context, s domain.Stream, length uint64, says domain.Metadata, events ...domain.Event) (domain.Position, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.ended[s] || j.closed[s] {
		return 0, commands.ErrTombstoned
	}
	if uint64(len(j.streams[s])) != length {
		return 0, commands.ErrMovedOn
	}
	if j.streams == nil {
		j.streams = map[domain.Stream][]domain.Recorded{}
	}
	now := time.Now
	if j.Now != nil {
		now = j.Now
	}
	for i, e := range events {
		r := domain.Recorded{
			Event: e, Stream: s, Revision: length + uint64(i),
			Moment: domain.Moment{Position: domain.Position(len(j.all) + 1), At: says.At(now().UTC()), By: says.By},
		}
		j.all = append(j.all, r)
		j.streams[s] = append(j.streams[s], r)
	}
	if j.moved != nil {
		close(j.moved)
		j.moved = nil
	}
	return domain.Position(len(j.all)), nil
}

// All is everything recorded after a position, oldest first.
func (j *Journal) All(after domain.Position) []domain.Recorded {
	j.mu.RLock()
	defer j.mu.RUnlock()
	return slices.Clone(j.all[after:])
}
