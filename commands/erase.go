package commands

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/erasure"
)

// A deletion hides a contact, and an erasure leaves nothing of it: what it was and said
// is taken out of all histories, of which only the structure stays, so that everybody
// else is told as before (D1-14). What was begun is brought to its end, for there is
// nothing to take back.

// eraseAsked is what is asked of the process that erases a contact.
type eraseAsked struct {
	Contact contact.ID            `json:"contact"`
	Seen    map[contact.ID]uint64 `json:"seen"`              // who is erased, and how long their histories were
	Deleted bool                  `json:"deleted,omitempty"` // by then, so that nothing can happen to them any more
	Reason  string                `json:"reason,omitempty"`
}

// ErrNoErasing refuses to erase anybody where nothing can be taken out of histories.
var ErrNoErasing = domain.Refuse(domain.Conflict, "erasure_unavailable", "Nobody can be erased here, for nothing can be taken out of this journal. Delete the contact instead.")

// EraseContact erases a contact that stands or was deleted, with all it absorbed, exactly
// as a preview showed it whose token is given: whoever became a part of it at that very
// moment is deleted with it and not erased. What names them is free afterwards, and none of
// their ids is ever given to anybody else.
func (h *Handler) EraseContact(ctx context.Context, by domain.By, in Room, id contact.ID, token, reason string) (domain.Position, error) {
	in, err := h.room(ctx, in.ID)
	if err != nil {
		return 0, err
	}
	begun, err := h.begun(ctx, in, by)
	var asked eraseAsked
	if err == nil && !begun {
		asked, err = h.erasureAsked(ctx, in, id, token, reason)
	}
	if err != nil {
		return 0, err
	}
	at, err := run(ctx, h, by, in, h.erasing(), asked)
	if !errors.Is(err, ErrUnderway) {
		return at, err
	}
	c, failed := h.contact(ctx, in, id)
	if failed != nil || c.Deleted == 0 {
		return 0, err
	}
	return c.Deleted, nil // whoever goes on with it does so until it is done
}

func (h *Handler) erasing() course[eraseAsked] {
	return course[eraseAsked]{"erase", h.erase, nil}
}

// erasureAsked is what is asked of the process, or why it is refused before anything is
// done.
func (h *Handler) erasureAsked(ctx context.Context, in Room, id contact.ID, token, reason string) (eraseAsked, error) {
	asked := eraseAsked{Contact: id, Reason: reason}
	var err error
	if asked.Seen, err = h.previewed(in, token, eraseAs(id)...); err != nil {
		return asked, err
	}
	if err := h.erasable(ctx, in, id); err != nil {
		return asked, err
	}
	if err := h.kinEnd(ctx, in, id); err != nil {
		return asked, err
	}
	r, err := h.reach(ctx, in, id, nil)
	if err != nil {
		return asked, err
	}
	if !maps.Equal(asked.Seen, r.told.Seen(id)) {
		return asked, ErrPreviewStale.Where("/token")
	}
	asked.Deleted = r.told.Own(id).Deleted > 0
	_, err = erasure.Decide(erasure.Erasure{}, erasure.Erase{Members: r.members, Reason: reason})
	return asked, err
}

// erasable refuses a contact that was never there, or is a part of another one, also of
// one that it was deleted with. Who was not seen when that one was erased can be erased by
// itself.
func (h *Handler) erasable(ctx context.Context, in Room, id contact.ID) error {
	if h.Ground == nil {
		return ErrNoErasing
	}
	root, c, err := h.resolve(ctx, in, id)
	switch {
	case err != nil:
		return err
	case c.Created.IsZero():
		return contact.ErrUnknown
	case root == id:
		return nil
	}
	was, err := h.erasure(ctx, in, root)
	if err != nil || len(was.Members) > 0 && !slices.Contains(was.Members, id) {
		return err
	}
	return contact.ErrMerged.Naming("survivor", string(root)).Saying("The contact was merged into another one, and both are erased together: ask it of the survivor. If they are two people, unmerge this one first.")
}

// erase takes the steps of an erasure. Before the contact is deleted it may be refused;
// from then on whoever goes on with it does so until it is done.
func (h *Handler) erase(ctx context.Context, by domain.By, in Room, asked eraseAsked) error {
	if h.Ground == nil {
		return errors.New("nobody can be erased here, where it was not begun")
	}
	if !asked.Deleted {
		if err := h.deleteSeen(ctx, by, in, asked); err != nil {
			return h.leads(ctx, in, asked.Contact, err)
		}
	}
	err := h.leaveNothing(ctx, by, in, asked)
	if _, refused := errors.AsType[*domain.Refusal](err); refused && !errors.Is(err, ErrUnderway) {
		return fmt.Errorf("erase what was deleted: %v", err) // nothing of it is refused
	}
	return err
}

// deleteSeen deletes the contact if nothing has moved on since it was previewed.
func (h *Handler) deleteSeen(ctx context.Context, by domain.By, in Room, asked eraseAsked) error {
	_, err := carryOut(ctx, h, step(by, "delete"), in.contact(asked.Contact), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
		decided, err := contact.Decide(c, contact.Delete{})
		if errors.Is(err, contact.ErrDeleted) {
			return nil, ErrPreviewStale.Where("/token")
		}
		if err != nil {
			return nil, err
		}
		family, err := h.family(ctx, in, asked.Contact)
		if err == nil && !family.Unchanged(asked.Seen, asked.Contact) {
			err = ErrPreviewStale.Where("/token")
		}
		return decided, err
	})
	return err
}
