package commands

import (
	"context"
	"errors"
	"fmt"

	"skein/domain"
	"skein/domain/audit"
	"skein/domain/organization"
)

// Note adds an entry to the audit log of an organization. What is carried out once,
// however often it is sent under its key, is noted once for each outcome.
func (h *Handler) Note(ctx context.Context, by domain.By, of organization.ID, entry audit.Noted) error {
	id := h.IDFor(step(by, "audit/"+string(entry.Outcome)+"/"+entry.Code))
	_, err := h.Journal.Append(ctx, audit.Stream(of, id), 0, natural(by), entry)
	if err != nil && !errors.Is(err, ErrMovedOn) {
		return fmt.Errorf("note %s: %w", entry.Action, err)
	}
	return nil
}
