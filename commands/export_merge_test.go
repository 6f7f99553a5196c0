package commands

import (
	"context"

	"skein/domain/contact"
)

// Leads is for tests: the contact that an id leads to by now, as commands find out.
func (h *Handler) Leads(ctx context.Context, in Room, id contact.ID) (contact.ID, error) {
	root, _, err := h.resolve(ctx, in, id)
	return root, err
}
