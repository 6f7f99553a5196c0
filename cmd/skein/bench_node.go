package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"skein/adapters/eventnode"
	"skein/adapters/eventstore"
)

// nodeAlone is an event node in a process of its own, which can be weighed and killed.
type nodeAlone struct {
	Folder string `arg:"" type:"path" help:"Where its data lies."`
}

// Run serves until ctx is over.
func (cmd nodeAlone) Run(ctx context.Context, s *settings) error {
	collectSeldom()
	node, err := eventnode.Start(eventnode.Config{Dir: cmd.Folder, Log: s.log()})
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "The node is at %s\n", node.Target())
	<-ctx.Done()
	return node.Close()
}

// lone is an event node in a process of its own, and the product's connection to it in
// this one: the client alone can hang for ever when its node is lost.
type lone struct {
	*child
	folder string
	conn   *eventstore.Connection
}

// lone starts a node in a folder.
func (l *lab) lone(ctx context.Context, folder string) (*lone, error) {
	c, err := l.launch(ctx, "bench", "node", folder)
	if err != nil {
		return nil, err
	}
	n := &lone{child: c, folder: folder}
	if c.address, err = c.told("The node is at "); err == nil {
		n.conn, err = eventstore.Dial(c.address, slog.New(slog.DiscardHandler))
	}
	if err != nil {
		return nil, errors.Join(err, c.stop(), ctx.Err())
	}
	return n, nil
}

// leave stops the node, or finds it stopped, and lets go of it.
func (n *lone) leave() error {
	if n == nil {
		return nil
	}
	return errors.Join(n.conn.Close(), n.stop())
}

// answered appends an event, and is how long it took from the start of the process.
func (n *lone) answered(ctx context.Context) (time.Duration, error) {
	err := n.conn.Add(ctx, "answered", sheets()[0])
	return time.Since(n.began), err
}

// write has authors append single events for a while.
func (n *lone) write(ctx context.Context, authors []*author, d time.Duration) (load, error) {
	return together(ctx, len(authors), d, func(hand int) error {
		a := authors[hand]
		return n.conn.Add(ctx, a.next().stream, a.event())
	})
}
