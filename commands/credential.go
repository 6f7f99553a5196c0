package commands

import (
	"cmp"
	"context"
	"errors"
	"time"

	"skein/domain"
	"skein/domain/credential"
	"skein/domain/organization"
	"skein/domain/space"
)

// ErrWho refuses those who do not prove who they are.
var ErrWho = domain.Refuse(domain.Forbidden, "unauthenticated", "Send a valid token: Authorization: Bearer skn_….")

// Who is the holder of the credential with the given id, if hash is that of a
// secret which is good now. A space's own credential ends with its space, a user's
// token when the user leaves the organization, also for when they come back.
func (h *Handler) Who(ctx context.Context, id credential.ID, hash string) (Principal, error) {
	told, err := recall(ctx, h, id.Stream(), credential.Evolve)
	if err != nil {
		return Principal{}, err
	}
	c := told.state
	if !c.Proves(hash, h.Now()) {
		return Principal{}, ErrWho
	}
	if over, err := h.over(ctx, c); over || err != nil {
		return Principal{}, cmp.Or(err, error(ErrWho))
	}
	return Principal{c.Holder, c.Organization, c.Space, c.Role, c.Expires}, nil
}

// over reports whether that for which a credential was issued has ended: its space,
// or that its holder was in the organization.
func (h *Handler) over(ctx context.Context, c credential.Credential) (bool, error) {
	if c.Space != "" {
		_, err := h.room(ctx, c.Space)
		if errors.Is(err, space.ErrUnknown) {
			return true, nil
		}
		return false, err
	}
	org, err := recall(ctx, h, c.Organization.Stream(), organization.Evolve)
	return org.state.Left[organization.UserID(c.Holder)] > c.Since, err
}

// IssueCredential makes a credential whose secret has the given hash.
func (h *Handler) IssueCredential(ctx context.Context, by domain.By, id credential.ID, cmd credential.Issue) (domain.Position, error) {
	cmd.At = h.Now()
	return begin(ctx, h, by, id.Stream(), credential.Evolve, func(c credential.Credential) ([]credential.Event, error) {
		return credential.Decide(c, cmd)
	})
}

// RotateCredential gives a credential another secret, which has the given hash,
// unless mine refuses that.
func (h *Handler) RotateCredential(
	ctx context.Context, by domain.By, id credential.ID, hash string, overlap time.Duration, mine func(credential.Credential) error,
) (domain.Position, error) {
	return h.credential(ctx, by, id, credential.Rotate{Hash: hash, Overlap: overlap, At: h.Now()}, mine)
}

// RevokeCredential makes a credential prove nothing any more, unless mine refuses that.
func (h *Handler) RevokeCredential(ctx context.Context, by domain.By, id credential.ID, mine func(credential.Credential) error) (domain.Position, error) {
	return h.credential(ctx, by, id, credential.Revoke{}, mine)
}

// credential carries out cmd on a credential that mine does not refuse: to those
// whose it is not it is unknown, as is one that is not there.
func (h *Handler) credential(ctx context.Context, by domain.By, id credential.ID, cmd credential.Command, mine func(credential.Credential) error) (domain.Position, error) {
	return carryOut(ctx, h, by, id.Stream(), credential.Evolve, func(c credential.Credential) ([]credential.Event, error) {
		if err := mine(c); err != nil {
			return nil, err
		}
		return credential.Decide(c, cmd)
	})
}
