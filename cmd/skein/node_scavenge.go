package main

import (
	"context"
	"fmt"
)

// nodeScavenge removes for good what is not shown any more.
type nodeScavenge struct{}

// Run scavenges and says what that removed.
func (nodeScavenge) Run(ctx context.Context, s *settings, of *node) error {
	return of.operate(ctx, s, func(at operator) error {
		done, err := at.Scavenge(ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "%d events of %d streams removed\n", done.Events, done.Streams)
		return err
	})
}
