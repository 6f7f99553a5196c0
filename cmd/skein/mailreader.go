package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"skein/commands"
	"skein/domain/mailbox"
	"skein/domain/space"
	"skein/projections"
)

// mailReader reads the INBOX of each mailbox that was connected, once, and again
// what was turned away of it as soon as its space has room. What is to be done is a
// read model, so that nothing is forgotten however often the process ends; the
// journal only brings the news that there is something.
type mailReader struct {
	*projections.Projector
	handler *commands.Handler
	log     *slog.Logger
	news    chan struct{}
	others  *intaker // takes up what came by other channels; nil: nobody does
}

// again is when a mailbox that could not be read is tried again, and when it is
// looked whether there is room for what was turned away.
const again = time.Minute

// Follow implements feed.Follower.
func (r *mailReader) Follow(ctx context.Context, page projections.Page) error {
	if err := r.Projector.Follow(ctx, page); err != nil {
		return err
	}
	if r.others != nil {
		r.others.hear(page)
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
		unread, waits, err := r.toRead(ctx)
		if err != nil && ctx.Err() == nil {
			r.log.Error("cannot tell which mailboxes are to be read", "error", err)
		}
		if failed := r.readAll(ctx, unread); failed != nil {
			err = failed
		}
		var retry <-chan time.Time
		if err != nil || waits {
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

// toRead lists the mailboxes whose INBOX is to be read, and tells whether there is
// mail that was turned away.
func (r *mailReader) toRead(ctx context.Context) (unread []mailbox.Key, waits bool, err error) {
	unread, err = projections.UnreadMailboxes(ctx, r.DB)
	if err != nil {
		return nil, false, err
	}
	waiting, err := projections.WaitingMail(ctx, r.DB)
	for _, w := range waiting {
		limit, err := r.handler.Limit(ctx, w.Mailbox.Space)
		if err != nil {
			return unread, true, err
		}
		if !limit.On || w.Contacts < limit.AtMost {
			unread = append(unread, w.Mailbox)
		}
	}
	return unread, len(waiting) > 0, err
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
			if errors.Is(err, space.ErrUnknown) {
				return nil // it was deleted, with all its mailboxes
			}
			if err != nil && ctx.Err() == nil {
				r.log.Warn("a mailbox could not be read and will be tried again", "mailbox", key.ID, "error", err)
			}
			return err
		})
	}
	return all.Wait()
}
