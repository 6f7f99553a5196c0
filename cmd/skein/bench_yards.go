package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
)

// yard is contacts of a space that are merged and unmerged two by two.
type yard struct {
	kind, name, beside string  // beside is the name of the first of its kind
	most               float64 // ms within which half of what is done in it is to be shown; 0: no matter
	room               commands.Room
	contacts           []contact.ID
	turns              int // pairs that are merged in a round
	next               int // whose turn it is
}

// pair is the next two contacts.
func (y *yard) pair() (survivor, absorbed contact.ID) {
	i := y.next % (len(y.contacts) / 2) * 2
	y.next++
	return y.contacts[i], y.contacts[i+1]
}

// Kinds of yards: what differs between those of a kind.
const (
	bySpace    = "spaces"
	byEvents   = "events"
	byMessages = "messages"
)

// yards come to be: nobody follows the journal meanwhile.
func (l *lab) yards(ctx context.Context, in *inside) (yards []yard, err error) {
	for _, size := range l.spaces {
		fmt.Fprintf(l.err, "unmerge: %d contacts come to be\n", size)
		y := yard{kind: bySpace, name: fmt.Sprintf("space of %d", size), beside: fmt.Sprint(l.spaces[0]), most: 5, turns: l.pairs}
		if y.room, err = in.room(ctx, fmt.Sprint("Customers ", size)); err != nil {
			return nil, err
		}
		merged := min(size, 2*l.pairs*l.rounds)
		y.contacts, err = in.fill(ctx, y.room, size, func(n int) int {
			if n < merged {
				return 10
			}
			return 1
		})
		if err != nil {
			return nil, err
		}
		y.contacts = y.contacts[:merged]
		yards = append(yards, y)
	}
	room, err := in.room(ctx, "Friends")
	if err != nil {
		return nil, err
	}
	few := max(1, l.pairs/5)
	y := yard{kind: byEvents, name: "2000 events", most: 50, turns: few, room: room}
	if y.contacts, err = in.fill(ctx, room, 2*few, func(int) int { return 1000 }); err != nil {
		return nil, err
	}
	yards = append(yards, y)
	for _, messages := range l.messages {
		fmt.Fprintf(l.err, "unmerge: pairs with %d messages come to be\n", messages)
		y := yard{kind: byMessages, name: fmt.Sprint(messages, " messages"), beside: fmt.Sprint(l.messages[0]), most: 5, turns: few, room: room}
		pairs := max(1, min(few, 400_000/messages))
		if y.contacts, err = in.fill(ctx, room, 2*pairs, func(int) int { return 10 }); err != nil {
			return nil, err
		}
		if err := in.write(ctx, room, y.contacts, messages/2); err != nil {
			return nil, err
		}
		yards = append(yards, y)
	}
	return yards, nil
}

// write has each of some contacts send so many messages.
func (in *inside) write(ctx context.Context, room commands.Room, contacts []contact.ID, messages int) error {
	const largest = 1000 // events of an append
	var all errgroup.Group
	for n, id := range contacts {
		all.Go(func() error {
			s, began := conversation.Stream(contact.Key{Space: room.ID, ID: id}), time.Now().Add(-time.Duration(messages)*time.Second)
			events, length := []domain.Event{conversation.Opened{Channel: "email", At: began}}, 0
			for i := range messages {
				events = append(events, conversation.MessageReceived{
					Message: conversation.MessageID(newID()), Channel: "email", Identity: email(n),
					Subject: "What I meant to say", At: began.Add(time.Duration(i) * time.Second),
				})
				if len(events) < largest && i < messages-1 {
					continue
				}
				if _, err := in.journal.Append(ctx, s, uint64(length), by, events...); err != nil {
					return err
				}
				length, events = length+len(events), nil
			}
			return nil
		})
	}
	return all.Wait()
}
