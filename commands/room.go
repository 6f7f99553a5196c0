package commands

import (
	"context"

	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
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

// Enter lets who into a space of their organization, for something that their
// role there includes. A space that is not theirs is unknown to them.
func (h *Handler) Enter(ctx context.Context, who Principal, id space.ID, to access.Action) (Room, error) {
	room, err := h.room(ctx, id)
	if err != nil {
		return Room{}, err
	}
	if room.Space.Organization != who.Organization {
		return Room{}, space.ErrUnknown
	}
	org, err := recall(ctx, h, who.Organization.Stream(), organization.Evolve)
	if err != nil {
		return Room{}, err
	}
	role := access.RoleIn(room.Space, org.state, who.user())
	if role == "" {
		return Room{}, space.ErrUnknown
	}
	return room, access.AllowIn(role, to)
}

// Administer lets who do something in an organization that their role there
// includes. An organization that is not theirs is unknown to them.
func (h *Handler) Administer(ctx context.Context, who Principal, id organization.ID, to access.Action) (organization.Organization, error) {
	if who.Organization != id {
		return organization.Organization{}, organization.ErrUnknown
	}
	told, err := recall(ctx, h, id.Stream(), organization.Evolve)
	if err != nil {
		return organization.Organization{}, err
	}
	if told.state.Founded.IsZero() {
		return organization.Organization{}, organization.ErrUnknown
	}
	return told.state, access.Allow(told.state.Members[who.user()], to)
}

// AdministerSpaces is Administer for what concerns the spaces of an organization,
// whose plan has to include that (C0-2).
func (h *Handler) AdministerSpaces(ctx context.Context, who Principal, id organization.ID, to access.Action) (organization.Organization, error) {
	org, err := h.Administer(ctx, who, id, to)
	if err == nil && !org.Terms().Spaces {
		err = organization.ErrNoSpaces
	}
	return org, err
}

// SpaceOf is a space as those who administer its organization may enter it.
func (h *Handler) SpaceOf(ctx context.Context, id organization.ID, in space.ID) (Room, error) {
	room, err := h.room(ctx, in)
	if err == nil && room.Space.Organization != id {
		err = space.ErrUnknown
	}
	return room, err
}

func (p Principal) user() organization.UserID { return organization.UserID(p.Actor) }

// room is the space as the system itself may enter it.
func (h *Handler) room(ctx context.Context, id space.ID) (Room, error) {
	told, err := recall(ctx, h, id.Stream(), space.Evolve)
	if err != nil {
		return Room{}, err
	}
	return Room{id, told.state}, told.state.Known()
}

// Stands refuses a contact of the room that is unknown, deleted or part of another one.
func (h *Handler) Stands(ctx context.Context, in Room, id contact.ID) error {
	c, err := h.contact(ctx, in, id)
	if err != nil {
		return err
	}
	return c.Standing()
}

// RoleOf is the role of who in their organization; none, if they are no member.
func (h *Handler) RoleOf(ctx context.Context, who Principal) (organization.Role, error) {
	told, err := recall(ctx, h, who.Organization.Stream(), organization.Evolve)
	return told.state.Members[who.user()], err
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

// RevokeCredential makes a credential of an organization prove nothing any more,
// unless may refuses that for its holder. Another organization's is unknown.
func (h *Handler) RevokeCredential(
	ctx context.Context, by domain.By, of organization.ID, id credential.ID, may func(holder domain.Actor) error,
) (domain.Position, error) {
	return carryOut(ctx, h, by, id.Stream(), credential.Evolve, func(c credential.Credential) ([]credential.Event, error) {
		if c.Organization != of {
			c = credential.Credential{}
		}
		revoked, err := credential.Decide(c, credential.Revoke{})
		if err == nil {
			err = may(c.Holder)
		}
		return revoked, err
	})
}
