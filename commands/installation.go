package commands

import (
	"context"

	"skein/domain"
	"skein/domain/installation"
)

// Begin makes sure that the journal goes with the key that names its streams. It
// is called before anything else is asked.
func (h *Handler) Begin(ctx context.Context) error {
	_, err := carryOut(ctx, h, domain.By{Actor: "system:start"}, installation.Stream, installation.Evolve, func(i installation.Installation) ([]installation.Event, error) {
		return installation.Decide(i, installation.Begin{Fingerprint: h.Hash("fingerprint")})
	})
	return err
}
