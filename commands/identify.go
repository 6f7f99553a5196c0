package commands

import (
	"context"
	"errors"
	"slices"

	"skein/domain"
	"skein/domain/contact"
)

// Identify is what is known of somebody: what names them, and what they are to have.
type Identify struct {
	Fields     map[string]string // also those that name one contact only
	Tags       []string
	Identities []contact.Identity
}

// Identified is the contact that somebody turned out to be.
type Identified struct {
	Contact  contact.ID
	Created  bool
	Merged   contact.MergeID // by which two contacts became that one; none: nothing was merged
	Absorbed contact.ID      // the other one of the two
	Position domain.Position
}

var (
	errNameless = domain.Refuse(domain.Invalid, "identifier_missing", "Nothing that is sent names one contact. Send a value of an identifier of this space, or an identity on a channel.")

	// ErrTwo refuses to take two contacts for one.
	ErrTwo = domain.Refuse(domain.Conflict, "identifiers_of_two", "The values name two different contacts. If the two are one, merge them: absorb the one into the survivor. Or send the values of one of them.")
)

// IdentifyContact finds the contact that values name, and edits it, or makes one if
// nobody has any of them. Values that name two contacts are refused, and nothing is
// merged, unless the space merges whoever turns out to be one and it is clear enough
// that they are (C1-21).
func (h *Handler) IdentifyContact(ctx context.Context, by domain.By, in Room, cmd Identify) (Identified, error) {
	for attempt := 1; ; attempt++ {
		done, err := h.identifyOnce(ctx, by, in, cmd, attempt)
		again := refusesValue(err) || errors.Is(err, ErrPreviewStale) || errors.Is(err, contact.ErrMerged) || errors.Is(err, contact.ErrDeleted)
		if !again || attempt == attempts {
			return done, err
		}
		if err := pause(ctx, attempt); err != nil {
			return Identified{}, err
		}
	}
}

func (h *Handler) identifyOnce(ctx context.Context, by domain.By, in Room, cmd Identify, attempt int) (Identified, error) {
	in, err := h.room(ctx, in.ID)
	if err != nil {
		return Identified{}, err
	}
	create := contact.Create{Space: in.Space, Fields: cmd.Fields, Tags: cmd.Tags, Identities: cmd.Identities, Origin: contact.ByHand}
	decided, err := contact.Decide(contact.Contact{}, create)
	if err != nil {
		return Identified{}, err
	}
	names := slices.DeleteFunc(in.said(decided), func(c claimed) bool { return in.shares(c.kind) })
	if len(names) == 0 {
		return Identified{}, errNameless
	}
	found, err := h.namesakes(ctx, by, in, names)
	switch {
	case err != nil:
		return Identified{}, err
	case found.Position > 0:
		found.Created = h.made(by, found.Contact)
		return found.Identified, nil
	case len(found.ids) == 0:
		id, at, err := h.CreateContact(ctx, by, in, create)
		return Identified{Contact: id, Created: true, Position: at}, err
	case len(found.ids) == 1:
		found.Contact = found.ids[0]
	default:
		if found.Identified, err = h.mergeTwo(ctx, stepMerge(by, attempt), in, found); err != nil {
			return Identified{}, err
		}
	}
	found.Position, err = h.toldOf(ctx, by, in, cmd, found)
	found.Created = h.made(by, found.Contact)
	return found.Identified, err
}

// toldOf edits the contact that somebody is. What it was found by stays as it is: a
// part of it may have that.
func (h *Handler) toldOf(ctx context.Context, by domain.By, in Room, cmd Identify, found namesakes) (domain.Position, error) {
	edit := contact.Edit{Fields: map[string]string{}, Tag: cmd.Tags}
	for key, value := range cmd.Fields {
		edit.Fields[key] = value
	}
	link := map[contact.Identity]bool{}
	for _, i := range cmd.Identities {
		of, err := in.Space.Identity(i.Channel, i.Of)
		if err != nil {
			return 0, err
		}
		link[contact.Identity{Channel: i.Channel, Of: of}] = true
	}
	for c := range found.led {
		if i, is := c.identity(); is {
			delete(link, i)
		} else {
			delete(edit.Fields, string(c.kind))
		}
	}
	for i := range link {
		edit.Link = append(edit.Link, i)
	}
	return h.EditContact(ctx, by, in, found.Contact, edit)
}
