package projections

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// FullContact is a contact with where everything about it comes from.
type FullContact struct {
	Contact
	Sources  map[string]Source `json:"sources" doc:"By field or #tag: the contact and the event that the value comes from"`
	Absorbed []Absorbed        `json:"absorbed" doc:"The contacts that were merged into it, and into those"`
}

// Source is where a value comes from.
type Source struct {
	Contact  contact.ID      `json:"contact"`
	Position domain.Position `json:"position"`
}

// Absorbed is a contact that is a part of another one.
type Absorbed struct {
	ID       contact.ID      `json:"id"`
	Into     contact.ID      `json:"into"`
	Name     string          `json:"name"`
	Position domain.Position `json:"position" doc:"Of the merge"`
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
	full := fullContact(f, id)
	err = db.QueryRow(ctx, `SELECT position FROM contacts WHERE space = $1 AND id = $2`, in, id).Scan(&full.Position)
	if errors.Is(err, pgx.ErrNoRows) {
		return OneContact(ctx, db, in, id) // it was merged or deleted between the two queries
	}
	return full, err
}

func fullContact(f *contact.Family, id contact.ID) FullContact {
	told := f.Told(id)
	full := FullContact{
		Contact: Contact{
			ID: id, Name: told.Name(), Fields: told.Fields(), Tags: told.Tags(),
			Created: told.Created.Truncate(time.Microsecond), // as lists have it
		},
		Sources: map[string]Source{}, Absorbed: []Absorbed{},
	}
	if last := told.LastInteraction.Truncate(time.Microsecond); !last.IsZero() {
		full.LastInteraction = &last
	}
	for slot, v := range told.Values {
		if v.Text != "" {
			full.Sources[string(slot)] = Source{Contact: v.By(id), Position: v.At}
		}
	}
	full.absorb(f, id)
	return full
}

func (c *FullContact) absorb(f *contact.Family, into contact.ID) {
	for _, id := range f.Absorbed(into) {
		c.Absorbed = append(c.Absorbed, Absorbed{id, into, f.Told(id).Name(), f.Own(id).Merge.At})
		c.absorb(f, id)
	}
}

// FamilyOf is the stories of a contact and of all that are one with it now.
func FamilyOf(ctx context.Context, db DB, in space.ID, id contact.ID) (*contact.Family, error) {
	f := &contact.Family{}
	err := families(ctx, db, []string{string(in)}, []string{string(id)}, func(_ space.ID, id contact.ID, c contact.Contact) {
		f.Put(id, c)
	})
	return f, err
}
