package main

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"skein/commands"
	"skein/domain/mailbox"
	"skein/projections"
)

// mailReader reads the INBOX of each mailbox that was connected, once. What is to
// be done is a read model, so that nothing is forgotten however often the process
// ends; the journal only brings the news that there is something.
type mailReader struct {
	*projections.Projector
	handler *commands.Handler
	log     *slog.Logger
	news    chan struct{}
}

// again is when a mailbox that could not be read is tried again.
const again = time.Minute

// Follow implements feed.Follower.
func (r *mailReader) Follow(ctx context.Context, page projections.Page) error {
	if err := r.Projector.Follow(ctx, page); err != nil {
		return err
	}
	for _, e := range page.Events {
		if _, ok := e.Event.(mailbox.Connected); ok {
			select {
			case r.news <- struct{}{}:
			default:
			}
		}
	}
	return nil
}

// run reads until ctx is over.
func (r *mailReader) run(ctx context.Context) error {
	for {
		unread, err := projections.UnreadMailboxes(ctx, r.DB)
		if err != nil && ctx.Err() == nil {
			r.log.Error("cannot tell which mailboxes are to be read", "error", err)
		}
		if failed := r.readAll(ctx, unread); failed != nil {
			err = failed
		}
		var retry <-chan time.Time
		if err != nil {
			retry = time.After(again)
		}
		select {
		case <-r.news:
		case <-retry:
		case <-ctx.Done():
			return nil
		}
	}
}

// sideBySide is how many mailboxes are read at the same time, so that a slow one
// does not hold up all others.
const sideBySide = 4

// readAll reads the INBOX of each mailbox and returns the error of one of those
// that could not be read.
func (r *mailReader) readAll(ctx context.Context, unread []mailbox.Key) error {
	var all errgroup.Group
	all.SetLimit(sideBySide)
	for _, key := range unread {
		all.Go(func() error {
			err := r.handler.ReadMailbox(ctx, key, "INBOX")
			if err != nil && ctx.Err() == nil {
				r.log.Warn("a mailbox could not be read and will be tried again", "mailbox", key.ID, "error", err)
			}
			return err
		})
	}
	return all.Wait()
}
