package commands

import (
	"context"

	"skein/domain/organization"
	"skein/domain/space"
)

// Gate lets contacts into spaces whose number of contacts is limited.
type Gate interface {
	// Admit calls add, which makes a contact of the space, if fewer contacts than
	// limit stand there; otherwise it returns space.ErrFull. Whoever else is
	// admitted to the space at that moment, by whichever process, is counted. An
	// add that was called is waited for and its error returned; its context does
	// not end with ctx. A *domain.Refusal says that no contact was made.
	Admit(ctx context.Context, in space.ID, limit int, add func(context.Context) error) error
}

// Limit is how many contacts a space takes in at most at present: the limit that
// was set, as long as its organization has the module white_label (C0-20). It
// binds what begins after it was set; other processes know of it within a second.
//
// What makes a contact passes the gate: adding, importing, mail from somebody
// unknown. Taking a contact out of the one it was merged into is no intake but a
// restoration, and allowed in any case (D2-6).
func (h *Handler) Limit(ctx context.Context, id space.ID) (space.Limit, error) {
	told, err := recall(ctx, h, id.Stream(), space.Evolve)
	if err != nil || !told.state.Limit.On {
		return space.Limit{}, err
	}
	org, err := recall(ctx, h, told.state.Organization.Stream(), organization.Evolve)
	if err != nil || !org.state.HasModule(organization.WhiteLabel) {
		return space.Limit{}, err
	}
	return told.state.Limit, nil
}

// admit calls add, which makes a contact of the space, if its limit allows one more.
func (h *Handler) admit(ctx context.Context, in Room, add func(context.Context) error) error {
	limit, err := h.Limit(ctx, in.ID)
	if err != nil {
		return err
	}
	if !limit.On {
		return add(ctx)
	}
	return h.Gate.Admit(ctx, in.ID, limit.AtMost, add)
}
