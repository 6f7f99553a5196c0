package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/adapters/eventnode"
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

// lone is an event node in a process of its own, and a client of it in this one.
type lone struct {
	*child
	folder string
	client *esdb.Client
}

// lone starts a node in a folder.
func (l *lab) lone(ctx context.Context, folder string) (*lone, error) {
	c, err := l.launch(ctx, "bench", "node", folder)
	if err != nil {
		return nil, err
	}
	n := &lone{child: c, folder: folder}
	if c.address, err = c.told("The node is at "); err == nil {
		n.client, err = plainClient(c.address)
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
	return errors.Join(n.client.Close(), n.stop())
}

// answered appends an event, and is how long it took from the start of the process.
func (n *lone) answered(ctx context.Context) (time.Duration, error) {
	_, err := n.client.AppendToStream(ctx, "answered", esdb.AppendToStreamOptions{}, sheets()[0])
	return time.Since(n.began), err
}
