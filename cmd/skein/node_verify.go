package main

import (
	"context"
	"fmt"
)

// nodeVerify reads everything.
type nodeVerify struct{}

// Run checks the store, says what is wrong, and fails if something is.
func (nodeVerify) Run(ctx context.Context, s *settings, of *node) error {
	return of.operate(ctx, s, func(at operator) error {
		found, err := at.Verify(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%d events in %d streams up to position %d, %s\n", found.Events, found.Streams, found.Position, megabytes(found.Bytes))
		for _, problem := range found.Problems {
			fmt.Fprintln(s.out, problem)
		}
		if n := len(found.Problems); n > 0 {
			return fmt.Errorf("%d problems in %s: keep the folder as it is, and restore a backup or an export", n, of.folder(s))
		}
		_, err = fmt.Fprintln(s.out, "All is well")
		return err
	})
}
