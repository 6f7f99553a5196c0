package commands

import (
	"context"
	"errors"
	"sync"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// TagMany gives many contacts tags and takes others off them (C2-56).
type TagMany struct {
	Contacts []contact.ID // 1 to 1,000; one that is named again counts once
	Tag      []string
	Untag    []string // also of those in Tag
}

// Tagged is what became of one of the contacts (C2-57).
type Tagged struct {
	Contact  contact.ID
	Survivor contact.ID // of which it is a part, and which was tagged in its place; empty: none
	Outcome  TagOutcome
	Err      *domain.Refusal // why it failed
}

// TagOutcome is what became of a contact that was to be tagged.
type TagOutcome string

const (
	TagChanged   TagOutcome = "changed"
	TagUnchanged TagOutcome = "unchanged" // it was so already, and nothing was recorded
	TagFailed    TagOutcome = "failed"
)

const (
	mostTagged = 1000
	taggers    = 64 // how many contacts are tagged at the same time
)

var errTaggedMany = domain.Refuse(domain.Invalid, "contacts_many", "Between 1 and 1,000 contacts are tagged at once. Send the others in further requests.")

// TagContacts tags each of the contacts by itself, and says of each what became of it,
// one after the other but not in their order. One that is refused holds up none of the
// others, and what was done stays. Who was absorbed is tagged as its survivor.
//
// It returns the position at which all of it shows, and stops at the first fault that
// is not a contact's own. Under the same key those that were changed are so told again,
// whatever became of them since; all others are looked at anew.
func (h *Handler) TagContacts(ctx context.Context, by domain.By, in Room, cmd TagMany, each func(Tagged)) (last domain.Position, err error) {
	ids, err := cmd.fits()
	if err != nil {
		return 0, err
	}
	if err := h.freshKey(ctx, by, in, ids); err != nil {
		return 0, err
	}
	var mu sync.Mutex
	work := gang{limit: taggers}
	for _, id := range ids {
		work.do(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			done, at, err := h.tagOne(ctx, step(by, string(id)), in, id, contact.Tag{Add: cmd.Tag, Remove: cmd.Untag})
			switch {
			case errors.Is(err, space.ErrUnknown), errors.Is(err, ErrKeyReused): // it is no contact's own
				return err
			case errors.As(err, &done.Err):
				done.Outcome = TagFailed
			case err != nil:
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			last = max(last, at)
			each(done)
			return nil
		})
	}
	return last, work.end()
}

// fits is whom it is about, each once, if it can be asked at all.
func (cmd TagMany) fits() (ids []contact.ID, err error) {
	known := map[contact.ID]bool{}
	for _, id := range cmd.Contacts {
		if !known[id] {
			ids, known[id] = append(ids, id), true
		}
	}
	if len(ids) == 0 || len(ids) > mostTagged {
		return nil, errTaggedMany.Where("/contacts")
	}
	return ids, contact.Tag{Add: cmd.Tag, Remove: cmd.Untag}.Fits()
}

// freshKey refuses a key under which something else was asked of one of the contacts.
func (h *Handler) freshKey(ctx context.Context, by domain.By, in Room, ids []contact.ID) error {
	if by.Key == "" {
		return nil
	}
	looks := gang{limit: taggers}
	for _, id := range ids {
		looks.do(func() error {
			_, _, err := h.taggedBefore(ctx, step(by, string(id)), in, id)
			return err
		})
	}
	return looks.end()
}

// tagOne tags a contact, or the one that it is a part of.
func (h *Handler) tagOne(ctx context.Context, by domain.By, in Room, id contact.ID, cmd contact.Tag) (Tagged, domain.Position, error) {
	done := Tagged{Contact: id, Outcome: TagChanged}
	root, at, err := h.taggedBefore(ctx, by, in, id)
	for attempt := 1; root == "" && err == nil; attempt++ {
		var survivor contact.ID
		if survivor, _, err = h.resolve(ctx, in, id); err != nil {
			break
		}
		at, err = carryOut(ctx, h, by, in.contact(survivor), contact.Evolve, func(c contact.Contact) (decided []contact.Event, err error) {
			if cmd.Told, err = h.toldAs(ctx, in, survivor, c); err != nil {
				return nil, err
			}
			done.Outcome = TagChanged
			if decided, err = contact.Decide(c, cmd); len(decided) == 0 {
				done.Outcome = TagUnchanged
			}
			return decided, err
		})
		switch {
		case !errors.Is(err, contact.ErrMerged):
			root = survivor
		case attempt == attempts:
			err = ErrBusy
		default: // it was absorbed just now
			err = pause(ctx, attempt)
		}
	}
	if root != id {
		done.Survivor = root
	}
	return done, at, err
}

// taggedBefore is the contact that was tagged under the key for this one before, and
// where; none, if none was. It was the contact itself, or one that it was a part of then.
func (h *Handler) taggedBefore(ctx context.Context, by domain.By, in Room, id contact.ID) (contact.ID, domain.Position, error) {
	if by.Key == "" {
		return "", 0, nil
	}
	ids, known := []contact.ID{id}, map[contact.ID]bool{"": true, id: true}
	for i := 0; i < len(ids); i++ { // more are found on the way
		told, err := load(ctx, h, in.contact(ids[i]), contact.Evolve)
		if err != nil {
			return "", 0, err
		}
		if at, before, err := told.carriedOut(by); before || err != nil {
			return ids[i], at, err
		}
		whole := []contact.ID{told.state.Merge.Into}
		for _, was := range told.state.Away {
			whole = append(whole, was.Into)
		}
		for _, one := range whole {
			if !known[one] {
				ids, known[one] = append(ids, one), true
			}
		}
	}
	return "", 0, nil
}

// toldAs is a contact as people see it whose own story is c.
func (h *Handler) toldAs(ctx context.Context, in Room, id contact.ID, c contact.Contact) (contact.Contact, error) {
	family, err := h.family(ctx, in, id)
	if err != nil {
		return contact.Contact{}, err
	}
	family.Put(id, c)
	return family.Told(id), nil
}
