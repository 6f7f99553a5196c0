package commands

import (
	"context"
	"errors"
	"fmt"

	"skein/domain"
	"skein/domain/contact"
)

// Parting is how an absorbed contact is to be taken out of the one it is a part of.
type Parting struct {
	Alone        bool                  `json:"alone,omitempty"`     // without what it had absorbed itself (D2-2)
	Undecided    bool                  `json:"undecided,omitempty"` // the two are not remembered as different people (D2-13)
	Talks        contact.Talks         `json:"conversations,omitempty"`
	Interactions Goes                  `json:"interactions,omitempty"`
	Listed       []contact.Ref         `json:"listed,omitempty"`
	Resolutions  map[string]Resolution `json:"resolutions,omitempty"` // by field, or by the slot of an identity
	Reason       string                `json:"reason,omitempty"`
	Merge        contact.MergeID       `json:"merge,omitempty"` // or batch, that is to be undone; none: whichever it is
	Token        string                `json:"-"`               // of its preview; none: whatever it comes to
}

// Goes says which of the interactions since a merge go with the contact that was
// absorbed: it gets back what was noted before in any case (C2-75, C2-76).
type Goes string

const (
	Nothing    Goes = ""            // they stay with the survivor
	ByIdentity Goes = "by_identity" // those that its own identities carried
	AsListed   Goes = "listed"      // those of a list (D2-3)
)

// Resolution says who has a value that two contacts would have, once they are apart,
// though it names one of them only (D2-5).
type Resolution string

const (
	LeaveOff Resolution = "leave_off" // the absorbed contact comes back without it
	Move     Resolution = "move"      // the survivor loses it
)

// Parted is what came of an unmerge.
type Parted struct {
	At              domain.Position
	AlreadyReversed bool         // there was nothing left to undo (D2-1)
	Changed         []contact.ID // what was changed meanwhile, so that its preview did not show it
	Lost            []Loss       // what was given to somebody meanwhile, and can be one contact's only
}

// UnmergeContact lets an absorbed contact stand alone again. A value that two contacts
// would have then though it names one has to be resolved; nobody ever has it beside
// somebody else (D2-5). If the survivor was deleted in the meantime, the absorbed contact
// went with it, and goes now for good.
//
// Every merge is an event here, also one that an imported space brought along, so each
// can be undone. What other systems merged before has no history to tell the two apart
// by; [Handler.SplitContact] is for those (D2-11).
func (h *Handler) UnmergeContact(ctx context.Context, by domain.By, in Room, absorbed contact.ID, how Parting) (Parted, error) {
	in, err := h.room(ctx, in.ID)
	if err != nil {
		return Parted{}, err
	}
	if by.Key == "" {
		by.Key = h.NewID() // by which what came of it is found
	}
	told, err := load(ctx, h, in.contact(absorbed), contact.Evolve)
	if err != nil {
		return Parted{}, err
	}
	if at, done, err := told.carriedOut(step(by, "back")); done || err != nil {
		if err == nil {
			_, err = h.partedBefore(ctx, by, in, absorbed, how)
		}
		if err != nil {
			return Parted{}, err
		}
		seen, _ := h.previewed(in, how.Token, how.asked(absorbed)...) // of a preview, if there was one
		return h.partedAs(ctx, by, in, absorbed, seen, at)
	}
	if len(how.moved()) == 0 {
		return h.part(ctx, by, in, absorbed, how)
	}
	begun, err := h.begun(ctx, in, by)
	var asked unmergeAsked
	if err == nil && !begun {
		asked, err = h.loses(ctx, in, absorbed, how) // who is refused at once need not be taken back
	}
	if reversed, is := errors.AsType[*alreadyReversed](err); is {
		return reversed.parted(), nil
	}
	if err != nil {
		return Parted{}, err
	}
	at, err := run(ctx, h, by, in, h.unmerging(), asked)
	if err != nil {
		return Parted{}, err
	}
	by, asked, err = h.asProcess(ctx, by, in)
	if err != nil {
		return Parted{}, err
	}
	parted, err := h.partedAs(ctx, by, in, absorbed, asked.Seen, at)
	parted.At = at
	return parted, err
}

// moved are the slots of values that a survivor is to lose first.
func (how Parting) moved() map[contact.Slot]bool {
	moved := map[contact.Slot]bool{}
	for key, r := range how.Resolutions {
		if r == Move {
			moved[contact.Slot(key)] = true
		}
	}
	return moved
}

// part takes a contact out, as long as nobody else has to lose anything first.
func (h *Handler) part(ctx context.Context, by domain.By, in Room, absorbed contact.ID, how Parting) (Parted, error) {
	p, err := h.plan(ctx, in, absorbed, how)
	if reversed, is := errors.AsType[*alreadyReversed](err); is {
		return reversed.parted(), nil
	}
	if err != nil {
		return Parted{}, err
	}
	return h.carryOutPlan(ctx, by, in, p)
}

func (h *Handler) carryOutPlan(ctx context.Context, by domain.By, in Room, p *plan) (Parted, error) {
	at, err := h.standApart(ctx, by, in, p)
	if err != nil {
		return Parted{}, err
	}
	if err := h.afterwards(ctx, by, in, p, at); err != nil {
		return Parted{}, err
	}
	return h.partedAs(ctx, by, in, p.absorbed, p.seen, at)
}

// afterwards sees to what others did to those whom a contact was a part of until a
// position. It refuses only what was deleted, for the contact stands apart already.
func (h *Handler) afterwards(ctx context.Context, by domain.By, in Room, p *plan, at domain.Position) error {
	own, err := h.contact(ctx, in, p.absorbed)
	if err == nil && own.Deleted > 0 && own.Deleted < at {
		if err = h.bury(ctx, in, p.absorbed); err == nil {
			return contact.ErrDeleted
		}
	}
	if err == nil {
		err = h.settleLosses(ctx, by, in, p)
	}
	if _, refused := errors.AsType[*domain.Refusal](err); refused {
		return fmt.Errorf("settle what came apart: %v", err) // nothing of it is refused
	}
	return err
}

// alreadyReversed is the error of an unmerge of what is apart already.
type alreadyReversed struct{ at domain.Position }

func (*alreadyReversed) Error() string { return "the merge was undone already" }

func (r *alreadyReversed) parted() Parted { return Parted{At: r.at, AlreadyReversed: true} }
