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

// Contacts keeps the contacts people see, what was said and done with them, who was
// merged into whom, the inboxes that show them, and how many there are of each.
//
// A row of contacts is told from the stories of the contact and of all it
// absorbed (see [contact.Family]). A page's stories are read with one query, told
// on in memory, and written back with one statement for each table.
type Contacts struct{}

// Tables implements Projection.
func (Contacts) Tables() []string {
	return []string{"contact_stories", "contacts", "contact_merges", "contact_splits", "interactions", "contact_spaces", "inboxes", "space_usage"}
}

// Seeks are the indexes by which those are found who were merged into a contact.
func (Contacts) Seeks() []string { return []string{"contact_stories_by_survivor"} }

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
	for _, r := range events {
		rooms[contact.KeyOf(r.Stream).Space].tell(r)
	}
	return writeContacts(ctx, tx, rooms)
}

// room is what a page changes in one space.
type room struct {
	id      space.ID
	space   space.Space
	inboxes map[inbox.ID]inbox.Filter
	family  contact.Family                 // the contacts of the page and all that are one with them
	before  contact.Family                 // the same as they were
	stored  map[contact.ID]bool            // those whose own story the table has
	changed map[contact.ID]bool            // those whose own story goes on
	touched map[contact.ID]domain.Position // those that people see otherwise, and since when
	kinship kinship
	said    interactions
	usage   usage
	counted time.Time // the last month that anything counted in
}

// tell lets the room go through e.
func (r *room) tell(e domain.Recorded) {
	id := contact.KeyOf(e.Stream).ID
	was := r.family.Own(id)
	concerned := r.family.Concerned(e)
	r.touch(concerned, e.Position)
	r.family.Tell(e)
	r.touch(concerned, e.Position)
	is := r.family.Own(id)
	r.usage.count(e, r.counted, change(was.Standing() == nil, is.Standing() == nil))
	for _, one := range concerned {
		r.changed[one] = true
	}
	if was.Deleted > 0 {
		return
	}
	switch x := e.Event.(type) {
	case contact.Merged:
		if is.Merge.At == e.Position {
			r.touched[id] = e.Position
			r.kinship.merge(id, is.Merge, e)
		}
	case contact.Unmerged:
		if was.Merge.Into != "" {
			r.kinship.unmerge(id, e)
		}
	case contact.Split:
		r.kinship.split(id, x.Into, e)
	case contact.InteractionsTaken:
		r.said.take(r.id, id, x)
	case contact.Interaction:
		r.said.come(id, e, x.Interacted())
	case contact.Deleted:
		r.said.drop(r.id, concerned)
	}
}

// touch notes that what people see of contacts, or of those they are a part of, changes.
func (r *room) touch(ids []contact.ID, at domain.Position) {
	for _, id := range ids {
		r.touched[r.family.Root(id)] = at
	}
}
