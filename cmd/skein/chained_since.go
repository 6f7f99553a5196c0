package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/installation"
)

// noteChained has the database know, once, after which position of the journal every
// event carries a hash: its end before this server began to see to that; or, where the
// journal began with hashes, before its own beginning, for then it had them when the
// database was another one, or a server had no time to note it.
//
// Without it, whoever has the journal but no key could take off the hashes, all or up to
// some event, and change at will what then seems to be from before there were any. Who
// has the database too can move it, so a verification prints it for people to keep.
func (h *house) noteChained(ctx context.Context, end domain.Position) error {
	first, is, err := h.journal.Linked(ctx, installation.Stream)
	if err != nil {
		return err
	}
	if is {
		end = min(end, first-1)
	}
	if _, err := h.db.Exec(ctx, `UPDATE journal SET chained = $1 WHERE chained IS NULL`, end); err != nil {
		return fmt.Errorf("journal of the database: %w", err)
	}
	return nil
}

// chainedSince is the position after which every event of the journal carries a hash;
// nil, if no server has noted it yet.
func (h *house) chainedSince(ctx context.Context) (at *domain.Position, err error) {
	err = h.db.QueryRow(ctx, `SELECT chained FROM journal`).Scan(&at)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("journal of the database: %w", err)
	}
	return at, nil
}
