package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"skein/domain"
)

// rebuild fills read models anew.
type rebuild struct {
	Name string `arg:"" optional:"" help:"Read model to rebuild: contacts, spaces, mailboxes, credentials, audit, suggestions, erasures or processes. All of them, if none is named."`
}

// Run rebuilds one read model after the other.
func (cmd rebuild) Run(ctx context.Context, s *settings) (err error) {
	h, err := enter(ctx, s, withJournal, withDatabase)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	if err := h.sameJournal(ctx); err != nil {
		return err
	}
	projectors := h.projectors()
	names := slices.Sorted(maps.Keys(projectors))
	if cmd.Name != "" {
		if projectors[cmd.Name] == nil {
			return fmt.Errorf("there is no read model %q: name one of %s", cmd.Name, strings.Join(names, ", "))
		}
		names = []string{cmd.Name}
	}
	end, err := h.journal.End(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		began := time.Now()
		bar := s.bar(int64(end), name)
		err := projectors[name].Rebuild(ctx, h.journal.All, func(at domain.Position) { bar.reach(int64(at)) })
		bar.done()
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s rebuilt up to position %d in %s\n", name, end, time.Since(began).Round(time.Millisecond))
	}
	return nil
}
