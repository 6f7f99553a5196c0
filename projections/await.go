package projections

import (
	"context"

	"skein/domain"
)

// Await returns when the tables show the journal up to a position, or with the
// error of ctx when that is over first. It does not poll.
func (p *Projector) Await(ctx context.Context, at domain.Position) error {
	for {
		p.mu.Lock()
		if p.reached >= at {
			p.mu.Unlock()
			return nil
		}
		if p.moved == nil {
			p.moved = make(chan struct{})
		}
		moved := p.moved
		p.mu.Unlock()
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Reached is the position up to which this process knows the tables to show the journal.
func (p *Projector) Reached() domain.Position {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reached
}

func (p *Projector) reach(at domain.Position) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at <= p.reached {
		return
	}
	p.reached = at
	if p.moved != nil {
		close(p.moved)
		p.moved = nil
	}
}
