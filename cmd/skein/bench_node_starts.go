package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// startGrown measures how long it takes from the start of the process until an append
// is answered, of a node that has grown and of one that is new.
func (l *lab) startGrown(ctx context.Context, g *grown) (err error) {
	fresh, err := l.lone(ctx, l.home("fresh"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, fresh.leave()) }()
	size := l.journal[len(l.journal)-1]
	return l.each(ctx, "growth", func() error {
		for _, end := range []struct {
			name string
			of   func(*lone) error
		}{
			{"stopped", func(n *lone) error { return n.leave() }},
			{"killed at work", func(n *lone) error { return l.killAtWork(ctx, n) }},
		} {
			least, err := l.restart(ctx, fresh, end.of)
			if err != nil {
				return fmt.Errorf("new node, %s: %w", end.name, err)
			}
			took, err := l.restart(ctx, g.lone, end.of)
			if err != nil {
				return fmt.Errorf("%s: %w", end.name, err)
			}
			what := fmt.Sprintf("%s with %d events, until an append is answered, beside a new node", end.name, size)
			l.note(what, "ms", inMS(took), inMS(least), atMost(1000))
		}
		return nil
	})
}

// restart ends a node and starts it again, in its place.
func (l *lab) restart(ctx context.Context, n *lone, end func(*lone) error) (time.Duration, error) {
	if err := end(n); err != nil {
		return 0, err
	}
	again, err := l.lone(ctx, n.folder)
	if err != nil {
		return 0, err
	}
	*n = *again
	return n.answered(ctx)
}

// killAtWork kills a node while many append.
func (l *lab) killAtWork(ctx context.Context, n *lone) error {
	working, enough := context.WithCancel(ctx)
	defer enough()
	killed := make(chan struct{})
	late := time.AfterFunc(l.burst/3, func() {
		n.crash()
		enough()
		close(killed)
	})
	_, err := n.write(working, authorsOf(fmt.Sprintf("k%06d", l.people.next()), 32), time.Minute)
	if late.Stop() {
		return fmt.Errorf("before the node was killed: %w", err)
	}
	<-killed
	return n.conn.Close()
}
