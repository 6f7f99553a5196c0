package commands

import (
	"context"

	"skein/domain"
	"skein/domain/credential"
	"skein/domain/organization"
	"skein/domain/space"
)

// Principal is who asks: somebody, in the name of an organization.
type Principal struct {
	Actor        domain.Actor
	Organization organization.ID
}

// Room is a space that somebody has entered. Nothing can be asked of what is in
// a space without its Room.
type Room struct {
	ID    space.ID
	Space space.Space // as it stood then
}

// Enter lets who into a space of their organization. Every other space is
// unknown to them.
func (h *Handler) Enter(ctx context.Context, who Principal, id space.ID) (Room, error) {
	room, err := h.room(ctx, id)
	if err != nil {
		return Room{}, err
	}
	if room.Space.Organization != who.Organization {
		return Room{}, space.ErrUnknown
	}
	return room, nil
}

// room is the space as the system itself may enter it.
func (h *Handler) room(ctx context.Context, id space.ID) (Room, error) {
	told, err := recall(ctx, h, id.Stream(), space.Evolve)
	if err != nil {
		return Room{}, err
	}
	return Room{id, told.state}, told.state.Known()
}

// ErrWho refuses those who do not prove who they are.
var ErrWho = domain.Refuse(domain.Forbidden, "unauthenticated", "Send a valid token: Authorization: Bearer skn_….")

// Who is the holder of the credential with the given id, if hash is that of its secret.
func (h *Handler) Who(ctx context.Context, id credential.ID, hash string) (Principal, error) {
	told, err := recall(ctx, h, id.Stream(), credential.Evolve)
	if err != nil {
		return Principal{}, err
	}
	c := told.state
	if c.Issued.IsZero() || c.Revoked || c.Hash != hash {
		return Principal{}, ErrWho
	}
	return Principal{c.Holder, c.Organization}, nil
}

// IssueCredential makes a credential for an organization whose secret has the given hash.
func (h *Handler) IssueCredential(ctx context.Context, by domain.By, id credential.ID, cmd credential.Issue) (domain.Position, error) {
	return begin(ctx, h, by, id.Stream(), credential.Evolve, func(c credential.Credential) ([]credential.Event, error) {
		return credential.Decide(c, cmd)
	})
}
