package commands

import (
	"context"
	"sync"

	"skein/domain"
)

const (
	diggers   = 4   // how many streams are tombstoned at a time: few, for others want to write too
	graveyard = 500 // how many are tombstoned until somebody is told
)

// graves are streams that are being tombstoned, a few at a time.
type graves struct {
	ctx    context.Context
	on     Ground
	places chan struct{}
	wait   sync.WaitGroup
	mu     sync.Mutex
	err    error
}

func digging(ctx context.Context, on Ground) *graves {
	return &graves{ctx: ctx, on: on, places: make(chan struct{}, diggers)}
}

// bury has a stream tombstoned. It waits for its turn, and returns what went wrong
// with one before it.
func (g *graves) bury(s domain.Stream) error {
	g.places <- struct{}{}
	g.wait.Go(func() {
		defer func() { <-g.places }()
		if err := g.on.Tombstone(g.ctx, s); err != nil {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.err = err
		}
	})
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}

// filled is err, or what went wrong with one of them, once all are tombstoned.
func (g *graves) filled(err error) error {
	g.wait.Wait()
	if err != nil {
		return err
	}
	return g.err
}
