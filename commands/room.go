package commands

import (
	"context"
	"time"

	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/domain/organization"
	"skein/domain/space"
)

// Principal is who asks: somebody, in the name of an organization, or a credential
// of one of its spaces, for which there is nothing but that space.
type Principal struct {
	Actor        domain.Actor
	Organization organization.ID
	Space        space.ID   // whose own credential it is; none: a user
	Role         space.Role // of the credential in its space
	Expires      time.Time  // of the credential that was shown; zero: it does not expire
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
	if who.Space != "" && who.Space != id {
		return Room{}, space.ErrUnknown
	}
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
	post := who.postIn(room.Space, org.state)
	if post == (space.Post{}) {
		return Room{}, space.ErrUnknown
	}
	return room, access.AllowIn(post, to)
}

// Administer lets who do something in an organization that their role there
// includes. An organization that is not theirs is unknown to them.
func (h *Handler) Administer(ctx context.Context, who Principal, id organization.ID, to access.Action) (organization.Organization, error) {
	if who.Organization != id || who.Space != "" {
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

// postIn is what one is in a space that one may know of.
func (p Principal) postIn(s space.Space, o organization.Organization) space.Post {
	if p.Space != "" {
		return space.Post{Role: p.Role}
	}
	return access.PostIn(s, o, p.user())
}

func (p Principal) user() organization.UserID { return organization.UserID(p.Actor) }

// room is the space as the system itself may enter it, as long as its organization
// has it.
func (h *Handler) room(ctx context.Context, id space.ID) (Room, error) {
	told, err := recall(ctx, h, id.Stream(), space.Evolve)
	if err == nil {
		err = told.state.Known()
	}
	if err != nil {
		return Room{}, err
	}
	org, err := recall(ctx, h, told.state.Organization.Stream(), organization.Evolve)
	if err == nil && !org.state.Has(organization.SpaceID(id)) {
		err = space.ErrUnknown
	}
	return Room{id, told.state}, err
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
