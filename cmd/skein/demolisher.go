package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"skein/commands"
	"skein/domain"
	"skein/domain/organization"
	"skein/projections"
)

// demolisher destroys the spaces that were deleted. What is to be done is a read
// model, so that it is taken up again however often the process ends; the journal only
// brings the news that there is something. Of several processes one does it.
type demolisher struct {
	*projections.Projector // of the spaces
	all                    map[string]*projections.Projector
	handler                *commands.Handler
	ground                 commands.Ground
	scavenge               func(context.Context) error // removes what is tombstoned from the files
	log                    *slog.Logger
	news                   chan struct{}
}

// Follow implements feed.Follower.
func (d *demolisher) Follow(ctx context.Context, page projections.Page) error {
	if err := d.Projector.Follow(ctx, page); err != nil {
		return err
	}
	for _, e := range page.Events {
		if _, ok := e.Event.(organization.SpaceDeleted); ok {
			select {
			case d.news <- struct{}{}:
			default:
			}
		}
	}
	return nil
}

// run destroys until ctx is over.
func (d *demolisher) run(ctx context.Context) error {
	for {
		mine, err := projections.Alone(ctx, d.DB, "demolisher", func() error { return d.destroyAll(ctx) })
		if err != nil && ctx.Err() == nil {
			d.log.Error("a deleted space could not be destroyed and will be tried again", "error", err)
		}
		var retry <-chan time.Time
		if err != nil || !mine {
			retry = time.After(again)
		}
		select {
		case <-d.news:
		case <-retry:
		case <-ctx.Done():
			return nil
		}
	}
}

// destroyAll destroys the spaces that are to be destroyed, and scavenges once for all
// of them. What cannot be destroyed holds up none of the others.
func (d *demolisher) destroyAll(ctx context.Context) error {
	doomed, err := projections.DoomedSpaces(ctx, d.DB)
	if err != nil || len(doomed) == 0 {
		return err
	}
	began := time.Now()
	var failed []error
	var destroyed []commands.Deletion
	var streams []int
	for _, one := range doomed {
		deletion := commands.Deletion{Organization: one.Organization, Space: one.Space, Position: one.Position, At: one.Deleted}
		n, err := d.destroy(ctx, deletion)
		if err != nil {
			failed = append(failed, fmt.Errorf("destroy space %s: %w", one.Space, err))
			continue
		}
		destroyed, streams = append(destroyed, deletion), append(streams, n)
	}
	if len(destroyed) == 0 {
		return errors.Join(failed...)
	}
	if err := d.scavenge(ctx); err != nil {
		return errors.Join(append(failed, err)...)
	}
	for i, one := range destroyed {
		if _, err := d.handler.NoteDestroyed(ctx, domain.By{Actor: "system:demolisher"}, one, streams[i]); err != nil {
			failed = append(failed, err)
			continue
		}
		d.log.Info("a deleted space was destroyed", "space", one.Space, "streams", streams[i], "took", time.Since(began))
	}
	return errors.Join(failed...)
}

// destroy destroys a space once no read model of ours depends on its histories.
func (d *demolisher) destroy(ctx context.Context, one commands.Deletion) (int, error) {
	for _, p := range d.all {
		if err := p.Await(ctx, one.Position); err != nil {
			return 0, err
		}
	}
	return d.handler.Destroy(ctx, d.ground, one, commands.Settled, func(streams int) {
		if err := projections.NoteDestruction(ctx, d.DB, one.Space, streams); err != nil {
			d.log.Debug("how far a destruction is could not be noted", "error", err)
		}
	})
}

// scavenge removes what is tombstoned from the files of the journal, if it is ours.
func (h *house) scavenge(ctx context.Context) error {
	if h.node == nil {
		h.log.Warn("the histories of a deleted space are tombstoned: scavenge every node of the event store to remove them from its files")
		return nil
	}
	_, err := h.node.Scavenge(ctx)
	return err
}
