package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"skein/domain/contact"
	"skein/domain/conversation"
)

// past measures reading a contact as it was, over HTTP, beside reading its two streams:
// contacts with a short history, with many edits and with many messages.
func (l *lab) past(ctx context.Context) (err error) {
	const few = 10
	stories := []struct {
		name          string
		own, messages int // events
		contact.Key
	}{{"a few events", few, 0, contact.Key{}}, {"edits", l.story, 0, contact.Key{}}, {"messages", few, l.story - few, contact.Key{}}}
	p, err := l.furnished(ctx, "past", func(in *inside) error {
		room, err := in.room(ctx, "Customers")
		if err != nil {
			return err
		}
		ids, err := in.fill(ctx, room, len(stories), func(n int) int { return stories[n].own })
		if err != nil {
			return err
		}
		for i, id := range ids {
			stories[i].Key = contact.Key{Space: room.ID, ID: id}
			if err := in.write(ctx, room, ids[i:i+1], stories[i].messages); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	here, err := runningIn(p.data)
	if err != nil {
		return err
	}
	client, err := plainClient(here.Journal)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	now := time.Now().UTC().Format(time.RFC3339)
	return l.each(ctx, "past", func() error {
		for _, s := range stories {
			limit, err := timesFor(l.burst, func() error {
				return errors.Join(drain(ctx, client, s.Stream()), drain(ctx, client, conversation.Stream(s.Key)))
			})
			if err != nil {
				return err
			}
			took, err := p.readFor(ctx, l.burst, contactPath(s.Key)+"/as-of?at="+now)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			what := fmt.Sprintf("contact as of now, %d events, %s", s.own+s.messages, s.name)
			l.note(what+", p50", "ms", took.ms(0.5), limit.ms(0.5))
			l.note(what+", p95", "ms", took.ms(0.95), limit.ms(0.95), atMost(50))
		}
		return nil
	})
}
