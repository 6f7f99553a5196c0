package commands

import (
	"context"
	"slices"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
)

// notedWith is what became of a message that was noted with one of several contacts, if it
// was: also with those who are erased, whose conversations know it by what hides its id.
// The contact is told where it is the command itself that is asked again.
func (h *Handler) notedWith(ctx context.Context, by domain.By, in Room, ids []contact.ID, m Inbound) (was Heard, noted bool, err error) {
	hidden := conversation.MessageID(h.hiding(in)(string(m.Message)))
	was.Message = m.Message
	for _, id := range ids {
		told, err := load(ctx, h, conversation.Stream(contact.Key{Space: in.ID, ID: id}), conversation.Evolve)
		if err != nil {
			return was, false, err
		}
		at, done, err := told.carriedOut(by)
		switch {
		case err != nil:
			return was, false, err
		case done:
			was.Contact, was.Created, was.Position = id, h.made(by, id), at
			return was, true, nil
		case told.state.Knows(m.Message) || told.state.Knows(hidden):
			was.Position = told.at
			return was, true, nil
		}
	}
	return was, false, nil
}

// notedWithGone is what became of a message that was noted when somebody had the identity
// who was deleted or erased since. Brought again it brings nobody back (D4-18).
func (h *Handler) notedWithGone(ctx context.Context, by domain.By, in Room, m Inbound) (*Heard, error) {
	claimed, err := h.claimers(ctx, in, m)
	if err != nil {
		return nil, err
	}
	var looked []contact.ID
	for _, one := range slices.Backward(claimed) { // each with its kin, so that it is known whose it was
		if slices.Contains(looked, one) {
			continue
		}
		ids, err := h.kinOf(ctx, in, []contact.ID{one})
		if err != nil {
			return nil, err
		}
		looked = append(looked, ids...)
		was, noted, err := h.notedWith(ctx, by, in, ids, m)
		switch {
		case err != nil:
			return nil, err
		case noted && was.Contact == "":
			was.Contact = one
			return &was, nil
		case noted:
			return &was, nil
		}
	}
	return nil, nil
}
