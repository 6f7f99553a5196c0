package projections

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// FullContact is a contact with where everything about it comes from.
type FullContact struct {
	Contact
	Sources       map[string]Source `json:"sources" doc:"By field, #tag or @channel:identity: where the value comes from, and why it counts"`
	Absorbed      []Absorbed        `json:"absorbed" doc:"The contacts that were merged into it, and into those"`
	Conversations []Conversation    `json:"conversations" doc:"One a channel"`
}

// Absorbed is a contact that is a part of another one.
type Absorbed struct {
	ID       contact.ID      `json:"id"`
	Into     contact.ID      `json:"into"`
	Name     string          `json:"name"`
	Position domain.Position `json:"position" doc:"Of the merge"`
	Merge    contact.MergeID `json:"merge,omitempty" doc:"Id of the merge; none, if it is from before merges had ids"`
	Batch    contact.MergeID `json:"batch,omitempty" doc:"Of the merges that were asked for at once"`
	Closed   []string        `json:"conversations_closed,omitempty" doc:"Channels on which the conversation with it was open and the merge closed it"`
}

// Conversation is the conversation with a contact on one channel.
type Conversation struct {
	Channel  string            `json:"channel"`
	State    contact.TalkState `json:"state" enum:"open,closed"`
	Since    time.Time         `json:"since" doc:"When it was opened or closed"`
	Opened   *time.Time        `json:"opened,omitempty" doc:"When it was opened last"`
	Reason   string            `json:"reason,omitempty" doc:"Why it was closed"`
	Position domain.Position   `json:"position" doc:"Of the event that says so"`
}

// OneContact is one contact of a space. One that was absorbed is refused with
// the id of the contact it is a part of now, one that was deleted as gone.
func OneContact(ctx context.Context, db DB, in space.ID, id contact.ID) (FullContact, error) {
	f, err := FamilyOf(ctx, db, in, id)
	if err != nil {
		return FullContact{}, err
	}
	if root := f.Root(id); root != id && f.Own(root).Standing() == nil {
		return FullContact{}, contact.ErrMerged.Naming("survivor", string(root))
	}
	if err := f.Own(id).Standing(); err != nil {
		return FullContact{}, err
	}
	full := Full(f, id)
	err = db.QueryRow(ctx, `SELECT position FROM contacts WHERE space = $1 AND id = $2`, in, id).Scan(&full.Position)
	if errors.Is(err, pgx.ErrNoRows) {
		return OneContact(ctx, db, in, id) // it was merged or deleted between the two queries
	}
	return full, err
}

// badged is the contact with what stands in for an image of it (C2-9).
func (c Contact) badged() Contact {
	c.Initials, c.Colour = contact.Initials(c.Name), c.ID.Colour()
	return c
}

// Full is a contact as its family tells it, but for its position.
func Full(f *contact.Family, id contact.ID) FullContact {
	told := f.Told(id)
	full := FullContact{
		Contact: Contact{
			ID: id, Name: told.Name(), Fields: told.Fields(), Tags: told.Tags(), Identities: told.Identities(),
			Created:         told.Created.Truncate(time.Microsecond), // as lists have it
			LastInteraction: some(told.LastInteraction.Truncate(time.Microsecond)),
			LastIncoming:    some(told.LastIncoming.Truncate(time.Microsecond)),
			LastChannel:     told.LastChannel,
			Opened:          some(told.Opened().Truncate(time.Microsecond)),
		}.badged(),
		Sources: sources(f, id, told), Absorbed: []Absorbed{}, Conversations: []Conversation{},
	}
	for _, channel := range slices.Sorted(maps.Keys(told.Talks)) {
		talk := told.Talks[channel]
		full.Conversations = append(full.Conversations, Conversation{
			channel, talk.State, talk.Since, some(talk.Opened), talk.Reason, talk.At,
		})
	}
	full.absorb(f, id)
	return full
}

func (c *FullContact) absorb(f *contact.Family, into contact.ID) {
	for _, id := range f.Absorbed(into) {
		m := f.Own(id).Merge
		c.Absorbed = append(c.Absorbed, Absorbed{id, into, f.Told(id).Name(), m.At, m.ID, m.Batch, f.ClosedByMerge(id)})
		c.absorb(f, id)
	}
}

// FamilyOf is the stories of a contact and of all that are one with it now.
func FamilyOf(ctx context.Context, db DB, in space.ID, id contact.ID) (*contact.Family, error) {
	f := &contact.Family{}
	err := ofContacts.families(ctx, db, []string{string(in)}, []string{string(id)}, func(_ space.ID, id contact.ID, c contact.Contact) {
		f.Put(id, c)
	})
	return f, err
}
