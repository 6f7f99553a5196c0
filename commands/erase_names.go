package commands

import (
	"context"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
)

// unname frees all values that ever named those who are erased, so that none of them is
// claimed by somebody of whom nobody could tell any more whether it was theirs.
func (h *Handler) unname(ctx context.Context, by domain.By, r *reach) error {
	type naming struct {
		id contact.ID
		claimed
	}
	known := map[naming]bool{}
	for _, was := range r.history {
		id := contact.KeyOf(was.Stream).ID
		for _, c := range r.in.naming(was.Event) {
			one := naming{id, c}
			if known[one] || !r.goes(id) {
				continue
			}
			known[one] = true
			_, err := carryOut(ctx, h, natural(by), h.identifier(r.in, c).Stream(), identifier.Evolve, func(i identifier.Identifier) ([]identifier.Event, error) {
				return identifier.Decide(i, identifier.Release{By: id})
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
