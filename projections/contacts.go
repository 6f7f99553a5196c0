package projections

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/inbox"
	"skein/domain/space"
)

// Contacts keeps the contacts people see, the inboxes that show them, and how
// many there are of each.
//
// A row of contacts is told from the stories of the contact and of all it
// absorbed (see [contact.Family]). A page's stories are read with one query, told
// on in memory, and written back with one statement for each table.
type Contacts struct{}

// Tables implements Projection.
func (Contacts) Tables() []string {
	return []string{"contact_stories", "contacts", "contact_merges", "contact_spaces", "inboxes", "space_usage"}
}

// Concerns implements Projection.
func (Contacts) Concerns(s domain.Stream) bool {
	switch s.Category() {
	case "contact", "conversation", "inbox", "space":
		return true
	}
	return false
}

// Project implements Projection. What changes how contacts are counted comes
// between what changes the contacts.
func (Contacts) Project(ctx context.Context, tx pgx.Tx, page []domain.Recorded) error {
	for len(page) > 0 {
		n := 0
		for n < len(page) && ofContact(page[n]) {
			n++
		}
		if err := projectContacts(ctx, tx, page[:n]); err != nil {
			return err
		}
		for page = page[n:]; len(page) > 0 && !ofContact(page[0]); page = page[1:] {
			if err := projectRoom(ctx, tx, page[0]); err != nil {
				return fmt.Errorf("%s at %d: %w", page[0].Kind(), page[0].Position, err)
			}
		}
	}
	return nil
}

func ofContact(r domain.Recorded) bool {
	switch r.Event.(type) {
	case contact.Event, contact.Interaction:
		return true
	}
	return false
}

func projectContacts(ctx context.Context, tx pgx.Tx, events []domain.Recorded) error {
	if len(events) == 0 {
		return nil
	}
	rooms, err := loadRooms(ctx, tx, events)
	if err != nil {
		return err
	}
	if err := loadFamilies(ctx, tx, rooms, events); err != nil {
		return err
	}
	var merges []merging
	for _, r := range events {
		merges = append(merges, rooms[contact.KeyOf(r.Stream).Space].tell(r)...)
	}
	return writeContacts(ctx, tx, rooms, merges)
}

// room is what a page changes in one space.
type room struct {
	space   space.Space
	inboxes map[inbox.ID]inbox.Filter
	family  contact.Family                 // the contacts of the page and all that are one with them
	before  contact.Family                 // the same as they were
	changed map[contact.ID]bool            // those whose own story goes on
	touched map[contact.ID]domain.Position // those that people see otherwise, and since when
	usage   usage
	counted time.Time // the last month that anything counted in
}

// merging is a merge that came to be or was undone.
type merging struct {
	key      contact.Key
	survivor contact.ID
	at       domain.Position
	undone   bool
}

// tell lets the room go through e, and returns the merge it was, or undid.
func (r *room) tell(e domain.Recorded) []merging {
	key := contact.KeyOf(e.Stream)
	was, stood := r.family.Own(key.ID).Merge, r.family.Own(key.ID).Standing() == nil
	r.touch(r.family.Root(key.ID), e.Position)
	r.family.Tell(e)
	r.touch(r.family.Root(key.ID), e.Position)
	is, stands := r.family.Own(key.ID).Merge, r.family.Own(key.ID).Standing() == nil
	r.usage.count(e, r.counted, change(stood, stands))
	r.changed[key.ID] = true
	switch e.Event.(type) {
	case contact.Merged:
		if is.At == e.Position {
			r.touch(key.ID, e.Position)
			return []merging{{key, is.Into, is.At, false}}
		}
	case contact.Unmerged:
		if was.Into != "" && is.Into == "" {
			return []merging{{key, was.Into, e.Position, true}}
		}
	case contact.Deleted:
		for _, one := range r.family.Within(key.ID) {
			r.changed[one] = true
		}
	}
	return nil
}

// touch notes that what people see of a contact changes.
func (r *room) touch(id contact.ID, at domain.Position) { r.touched[id] = at }
