package commands

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/process"
)

// MergeMany is asked of a survivor that is to absorb several contacts, one after the
// other, all or none of them (D1-17).
type MergeMany struct {
	Absorb  []contact.ID                             // 2 to 50, in the order in which they are merged
	Choices map[contact.ID]map[string]contact.Choice // for each of them
	Reason  string
}

var (
	errMany  = domain.Refuse(domain.Invalid, "contacts_many", "Between 2 and 50 contacts are merged into one at once. Name each of them once.")
	errUnfit = domain.Refuse(domain.Invalid, "choices_unfit", "Choices are made for a contact that is not named in absorb.")
)

// batch is what is asked of a process that merges many.
type batch struct {
	ID       contact.MergeID                          `json:"id"`
	Survivor contact.ID                               `json:"survivor"`
	Absorb   []contact.ID                             `json:"absorb"`
	Choices  map[contact.ID]map[string]contact.Choice `json:"choices,omitempty"`
	Reason   string                                   `json:"reason,omitempty"`
}

// MergeMany merges several contacts into one and returns the id of the batch, which each
// of the merges carries. They are merges like any others, so others see the survivor
// grow; if one of them is refused, those before it are undone, and so they are all.
func (h *Handler) MergeMany(ctx context.Context, by domain.By, in Room, survivor contact.ID, cmd MergeMany) (contact.MergeID, domain.Position, error) {
	if err := cmd.fits(); err != nil {
		return "", 0, err
	}
	asked := batch{contact.MergeID(h.IDFor(by)), survivor, cmd.Absorb, cmd.Choices, cmd.Reason}
	if begun, err := h.begun(ctx, in, by); err != nil || !begun {
		if err == nil {
			err = h.foresee(ctx, in, asked)
		}
		if err != nil {
			return "", 0, err
		}
	}
	at, err := run(ctx, h, by, in, h.mergingMany(), asked)
	return asked.ID, at, err
}

func (cmd MergeMany) fits() error {
	once := slices.Compact(slices.Sorted(slices.Values(cmd.Absorb)))
	if len(once) < 2 || len(once) > 50 || len(once) != len(cmd.Absorb) {
		return errMany.Where("/absorb")
	}
	for id := range cmd.Choices {
		if !slices.Contains(once, id) {
			return errUnfit.Where("/choices")
		}
	}
	return nil
}

// mergingMany is how many contacts are merged into one.
func (h *Handler) mergingMany() course[batch] {
	return course[batch]{"merge_many", h.mergeEach, h.unmergeEach}
}

func (h *Handler) mergeEach(ctx context.Context, by domain.By, in Room, asked batch) error {
	for i, id := range asked.Absorb {
		_, _, err := h.MergeContacts(ctx, step(by, string(id)), in, asked.Survivor, id, asked.merge(id))
		if err != nil {
			return asked.about(i, err)
		}
	}
	return nil
}

func (asked batch) merge(id contact.ID) contact.Absorb {
	return contact.Absorb{Choices: asked.Choices[id], Batch: asked.ID, Reason: asked.Reason}
}

// about is a refusal of one of the merges that says of which.
func (asked batch) about(i int, err error) error {
	var refused *domain.Refusal
	if !errors.As(err, &refused) || refused.At == "/reason" {
		return err
	}
	id := string(asked.Absorb[i])
	at := "/absorb/" + strconv.Itoa(i)
	if field, of := strings.CutPrefix(refused.At, "/choices"); of {
		at = "/choices/" + id + field
	}
	return refused.Where(at).Naming("contact", id)
}

// unmergeEach takes back those of the merges that were made, the last one first. What
// its survivor borrowed of a contact meanwhile keeps the two together.
func (h *Handler) unmergeEach(ctx context.Context, by domain.By, in Room, asked batch) error {
	for _, id := range slices.Backward(asked.Absorb) {
		c, err := h.contact(ctx, in, id)
		if err != nil {
			return err
		}
		if c.Merge.Batch != asked.ID {
			continue
		}
		if _, err := h.UnmergeContact(ctx, step(by, "undo/"+string(id)), in, id, Parting{Undecided: true}); err != nil && !forGood(err) {
			return err
		}
	}
	return nil
}

// foresee refuses merges of which one would be refused as things are, so that none is
// made and undone again for nothing.
func (h *Handler) foresee(ctx context.Context, in Room, asked batch) error {
	all, err := h.family(ctx, in, append([]contact.ID{asked.Survivor}, asked.Absorb...)...)
	if err != nil {
		return err
	}
	for i, id := range asked.Absorb {
		decided, err := h.absorb(ctx, in, all, all.Own(id), asked.Survivor, id, asked.merge(id))
		if err != nil {
			return asked.about(i, h.leadsToEither(ctx, in, asked.Survivor, id, err))
		}
		for _, e := range decided {
			all.Tell(domain.Recorded{
				Event: e, Stream: in.contact(id), Revision: all.Own(id).Length,
				Moment: domain.Moment{Position: ^domain.Position(0) - domain.Position(len(asked.Absorb)-i)},
			})
		}
	}
	return nil
}

// begun reports whether a process was started under the key.
func (h *Handler) begun(ctx context.Context, in Room, by domain.By) (bool, error) {
	if by.Key == "" {
		return false, nil
	}
	told, err := load(ctx, h, process.Key{Space: in.ID, ID: process.ID(h.IDFor(by))}.Stream(), process.Evolve)
	return told.length > 0, err
}
