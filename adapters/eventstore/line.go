package eventstore

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// line is a client that has found its node. It is closed when it is retired and the
// last call on it has ended: the client panics when it is closed during a call.
type line struct {
	client  *esdb.Client
	calls   int
	retired bool
	heard   atomic.Int64 // when a call was answered last, in nanoseconds since 1970
}

// dialing is an attempt to get a line. Its error stands once it is done.
type dialing struct {
	done chan struct{}
	err  error
}

// errAway is the error of calls for which no node was found.
var errAway = errors.New("the event store does not answer")

// take returns the line for one call, which gives it back with leave. When there is
// none it waits for the one attempt under way to get one.
func (c *Connection) take(ctx context.Context) (*line, error) {
	for {
		c.mu.Lock()
		if c.ctx.Err() != nil {
			c.mu.Unlock()
			return nil, ErrClosed
		}
		if l := c.line; l != nil {
			l.calls++
			c.mu.Unlock()
			return l, nil
		}
		if c.dialing == nil {
			c.dialing = &dialing{done: make(chan struct{})}
			go c.dial(c.dialing)
		}
		d := c.dialing
		c.mu.Unlock()

		select {
		case <-d.done:
			if d.err != nil {
				return nil, d.err
			}
		case <-ctx.Done():
			return nil, errAway
		}
	}
}

// leave gives a line back.
func (c *Connection) leave(l *line) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l.calls--
	if l.retired && l.calls == 0 {
		l.client.Close()
	}
}

// drop retires a line that led nowhere.
func (c *Connection) drop(l *line) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.retire(l)
}

// retire keeps new calls off a line. The caller holds the lock.
func (c *Connection) retire(l *line) {
	if l.retired {
		return
	}
	l.retired = true
	c.line = nil
	if l.calls == 0 {
		l.client.Close()
	}
}

// dial makes a client and lets it look for a node, once. The client can be neither
// hurried nor stopped in this.
func (c *Connection) dial(d *dialing) {
	client, err := esdb.NewClient(c.cfg)
	if err == nil {
		_, err = client.GetServerVersion()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(d.done)
	c.dialing = nil
	switch {
	case err != nil:
		d.err = fmt.Errorf("%w: %w", errAway, err)
		if !c.away {
			c.log.Warn("waiting for the event store", "error", err)
		}
	case c.ctx.Err() == nil:
		c.line = &line{client: client}
		c.log.Info("connected to the event store", "after_outage", c.away)
		client = nil
	}
	c.away = err != nil
	if client != nil {
		client.Close()
	}
}
