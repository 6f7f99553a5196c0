package commands

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
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

// stepMerge is by for the merge that follows from an identification. One that was void
// is another one.
func stepMerge(by domain.By, attempt int) domain.By { return step(by, "merge "+strconv.Itoa(attempt)) }

// namesakes are the contacts that values name.
type namesakes struct {
	ids []contact.ID // each once, in the order of the values
	led map[claimed]contact.ID

	Identified // what was done of it already
}

func (h *Handler) namesakes(ctx context.Context, by domain.By, in Room, names []claimed) (found namesakes, err error) {
	found.led = map[claimed]contact.ID{}
	for _, c := range names {
		root, has, err := h.holder(ctx, in, c)
		if err != nil {
			return found, err
		}
		if root == "" {
			continue
		}
		if found.led[c] = root; !slices.Contains(found.ids, root) {
			found.ids = append(found.ids, root)
		}
		if by.Key == "" {
			continue
		}
		above, err := h.above(ctx, in, has)
		if err != nil {
			return found, err
		}
		for _, id := range append(above, has) {
			told, err := load(ctx, h, in.contact(id), contact.Evolve)
			if err != nil {
				return found, err
			}
			at, done, err := told.carriedOut(by)
			if err != nil {
				return found, err
			}
			if done {
				found.Contact, found.Position = id, at
			}
			for attempt := 1; attempt <= attempts && told.state.Merge.ID != ""; attempt++ {
				if told.state.Merge.ID == contact.MergeID(h.IDFor(stepMerge(by, attempt))) {
					found.Merged, found.Absorbed = told.state.Merge.ID, id
				}
			}
		}
	}
	return found, nil
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

// mergeTwo makes one of two contacts, if the space is to do so without being asked and
// each value names one of them, the other having none of its kind, and nobody knows
// them to be two (C1-21, D1-20). Whoever is identified survives the anonymous one
// (D1-10).
func (h *Handler) mergeTwo(ctx context.Context, by domain.By, in Room, found namesakes) (Identified, error) {
	refused := ErrTwo
	if len(found.ids) > 2 {
		return Identified{}, refused.Naming("one", string(found.ids[0])).Naming("other", string(found.ids[1]))
	}
	survivor, absorbed := found.ids[0], found.ids[1]
	both, err := h.family(ctx, in, survivor, absorbed)
	if err != nil {
		return Identified{}, err
	}
	if both.Root(survivor) == both.Root(absorbed) {
		return Identified{}, contact.ErrMerged // by somebody else, at this very moment
	}
	if in.identified(both.Told(absorbed), both.Told(survivor)) {
		survivor, absorbed = absorbed, survivor
	}
	refused = refused.Naming("survivor", string(survivor)).Naming("absorb", string(absorbed))
	if !in.Space.AutoMerge {
		return Identified{}, refused
	}
	for c, root := range found.led {
		other := both.Told(survivor)
		if root == survivor {
			other = both.Told(absorbed)
		}
		if in.hasAny(other, c) {
			return Identified{}, refused
		}
	}
	distinct, err := h.Distinct(ctx, in, survivor, absorbed)
	if err != nil {
		return Identified{}, err
	}
	if distinct {
		return Identified{}, refused
	}
	seen := map[contact.ID]uint64{}
	for _, root := range found.ids {
		for _, id := range both.Within(root) {
			seen[id] = both.Own(id).Length
		}
	}
	id, at, err := h.MergeContacts(ctx, by, in, survivor, absorbed, contact.Absorb{Seen: seen})
	if errors.Is(err, contact.ErrChoose) {
		err = refused
	}
	return Identified{Contact: survivor, Merged: id, Absorbed: absorbed, Position: at}, err
}

// hasAny reports whether a contact has a value of the same kind.
func (in Room) hasAny(c contact.Contact, like claimed) bool {
	if i, is := like.identity(); is {
		return slices.ContainsFunc(c.Identities(), func(had contact.Identity) bool { return had.Channel == i.Channel })
	}
	return c.Field(string(like.kind)) != ""
}

// identified reports whether a contact is known better than another one: by an id of
// the customer's own, or else by more of what names one, or else for longer.
func (in Room) identified(c, than contact.Contact) bool {
	one, other := c.Field(string(space.ExtID)) != "", than.Field(string(space.ExtID)) != ""
	if one != other {
		return one
	}
	if n, m := len(in.names(c)), len(in.names(than)); n != m {
		return n > m
	}
	return c.Created.Before(than.Created)
}
