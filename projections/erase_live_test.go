package projections_test

import (
	"context"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5/pgxpool"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/projections"
)

// erases lets contacts be erased in the house. What they show it knows from tables that
// are brought up to date when somebody asks; before anything is redacted, the followers
// have told what was recorded (see [projections.Quiet]).
func (h *house) erases(t rapidOrTest, asked *pgxpool.Pool, name string, followers ...*projections.Projector) {
	p := &projections.Projector{Name: name, Projection: projections.Contacts{}, DB: asked}
	var mu sync.Mutex
	h.Hash = digest
	h.Showing = &projections.Showing{Contacts: p, End: func(ctx context.Context) (domain.Position, error) {
		mu.Lock()
		defer mu.Unlock()
		return follow(ctx, t, p, h.journal, p.Reached()), nil
	}}
	h.Ground = followed{h.journal, func(ctx context.Context) {
		for _, one := range followers {
			follow(ctx, t, one, h.journal, one.Reached())
		}
	}}
}

// followed is ground on which nothing is redacted before it was followed.
type followed struct {
	commands.Ground
	follow func(context.Context)
}

func (f followed) Redact(ctx context.Context, s domain.Stream, told []domain.Recorded, closed bool) error {
	f.follow(ctx)
	return f.Ground.Redact(ctx, s, told, closed)
}

// erase erases a contact that stands or was deleted, if the house can.
func (h *house) erase(ctx context.Context, t rapidOrTest, id contact.ID) {
	t.Helper()
	preview, err := h.PreviewErasure(ctx, h.room, id)
	if err == nil {
		_, err = h.EraseContact(ctx, domain.By{Actor: by.Actor, Key: h.NewID()}, h.room, id, preview.Token, "")
	}
	var refused *domain.Refusal
	if err != nil && !errors.As(err, &refused) {
		t.Fatal(err)
	}
}
