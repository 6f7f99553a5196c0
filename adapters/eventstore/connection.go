package eventstore

import (
	"context"
	"log/slog"
	"sync"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// Connection leads to an event store and is made anew whenever it breaks. Any number
// of journals and feeds may share one.
type Connection struct {
	cfg   *esdb.Configuration
	log   *slog.Logger
	ctx   context.Context // over when the connection is closed
	close context.CancelFunc

	mu      sync.Mutex
	line    *line    // to the store; nil when there is none
	dialing *dialing // the attempt under way to get one
	away    bool     // whether the last attempt failed

	kept kept // what was redacted
}

// Dial returns a connection to target: a connection string such as
// "esdb+discover://cluster:2113" or the address of an unguarded node, "host:port" or
// "unix:///…/node.sock". Nothing is connected until the first call. Of the settings
// of a connection string, those on how often to look for a node have no meaning.
func Dial(target string, log *slog.Logger) (*Connection, error) {
	cfg, err := configuration(target)
	if err != nil {
		return nil, err
	}
	cfg.Logger = logger(log)
	c := &Connection{cfg: cfg, log: log}
	c.ctx, c.close = context.WithCancel(context.Background())
	return c, nil
}

// Close ends the calls under way with ErrClosed, and refuses others. A search for a
// node that is under way then ends by itself, within the time one may take.
func (c *Connection) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.close()
	if c.line != nil {
		c.retire(c.line)
	}
	return nil
}
