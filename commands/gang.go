package commands

import "sync"

// gang does many things at the same time, up to a limit, until one of them fails.
type gang struct {
	limit   int
	places  chan struct{}
	running sync.WaitGroup
	mu      sync.Mutex
	err     error
}

// do waits for a place and begins. It reports false, and begins nothing, once
// something has failed.
func (g *gang) do(one func() error) bool {
	if g.places == nil {
		g.places = make(chan struct{}, g.limit)
	}
	g.places <- struct{}{}
	if g.failed() != nil {
		<-g.places
		return false
	}
	g.running.Go(func() {
		defer func() { <-g.places }()
		if err := one(); err != nil {
			g.mu.Lock()
			defer g.mu.Unlock()
			if g.err == nil {
				g.err = err
			}
		}
	})
	return true
}

func (g *gang) failed() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}

// end waits for all that was begun, and returns what failed first.
func (g *gang) end() error {
	g.running.Wait()
	return g.failed()
}
