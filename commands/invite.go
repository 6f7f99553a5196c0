package commands

import (
	"context"
	"errors"

	"skein/domain"
	"skein/domain/space"
)

// Invited is what became of an invitation.
type Invited struct {
	User    space.UserID
	Already space.Role      // what the user was in the space before, and is yet
	Err     *domain.Refusal // why the user is not, if so
}

// Invite lets users into a space, one after the other: one who is refused keeps out
// none of the others, and who is in the space stays what they are there (C0-17). It
// returns what became of each, in their order.
func (h *Handler) Invite(ctx context.Context, by domain.By, in Room, users []space.Assign) (all []Invited, last domain.Position, err error) {
	for i, user := range users {
		one := Invited{User: user.User}
		at, err := carryOut(ctx, h, row(by, i), in.ID.Stream(), space.Evolve, func(s space.Space) ([]space.Event, error) {
			decided, err := space.Decide(s, user)
			if post, in := s.Users[user.User]; in && err == nil {
				one.Already, decided = post.Role, nil
			}
			return decided, err
		})
		var refused *domain.Refusal
		if errors.As(err, &refused) && refused.Reason == domain.Invalid {
			one.Err = refused
		} else if err != nil {
			return nil, 0, err
		}
		last = max(last, at)
		all = append(all, one)
	}
	return all, last, nil
}
