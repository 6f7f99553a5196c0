package commands

import (
	"context"
	"iter"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/inbox"
	"skein/domain/space"
)

// News is a journal that can be followed.
type News interface {
	// Follow yields the events of all streams whose name has one of the prefixes after
	// a position, in the order of the journal, and goes on with those to come. What it
	// yields without a stream says how far it has come: nothing up to there was left
	// out. It says so as soon as it has come to where the journal ended when it was
	// asked, and now and then while nothing else comes. An event that cannot be read
	// comes without itself. Follow ends with an error: that of ctx once it is over, or
	// why it cannot go on.
	Follow(ctx context.Context, after domain.Position, prefixes ...string) iter.Seq2[domain.Recorded, error]
}

// Change is something that happened in a space, as those are told who follow it.
// Without a stream it says that nothing else happened up to its position, and without
// an event that what happened cannot be read.
type Change struct {
	domain.Recorded
	Contact contact.ID // to whom it happened, if to one
	After   Aftermath
}

// Aftermath is whom a merge or its undoing made others than they were: the absorbed
// contact, its survivor, and whatever that was a part of itself (D2-16). It is empty
// after everything else.
type Aftermath struct {
	IDs    []contact.ID
	Family *contact.Family // that tells them as people saw them then, and is not written to
}

// Kin are all contacts that were ever one with a contact, as whoever was told of the
// journal up to a position knows them.
type Kin func(ctx context.Context, in space.ID, id contact.ID, at domain.Position) ([]contact.ID, error)

// Changes yields what happened in a room after a position, and what happens from now
// on, until it fails or ctx is over. Mailboxes, claims of identifiers and credentials
// are not told of, so there is no secret in it and nothing that is the installation's.
func (h *Handler) Changes(ctx context.Context, from News, in Room, after domain.Position, told *Retold) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		for r, err := range from.Follow(ctx, after, followed(in.ID)...) {
			if r.Stream.Category() == "space" && r.Stream != in.ID.Stream() {
				continue // the name of another one begins like this
			}
			c := Change{Recorded: r}
			if of := r.Stream.Category(); of == "contact" || of == "conversation" {
				c.Contact = contact.KeyOf(r.Stream).ID
			}
			if err == nil {
				c.After, err = told.after(ctx, h, in, c)
			}
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
}

// followed are the prefixes of the streams whose events are told to those who follow a
// space.
func followed(id space.ID) (prefixes []string) {
	for _, s := range []domain.Stream{
		contact.Key{Space: id}.Stream(),
		conversation.Stream(contact.Key{Space: id}),
		inbox.Key{Space: id}.Stream(),
		id.Stream(),
	} {
		prefixes = append(prefixes, string(s))
	}
	return prefixes
}
