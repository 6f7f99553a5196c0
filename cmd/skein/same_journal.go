package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/installation"
)

// errOtherJournal refuses a database that was told from another journal: its positions
// mean something else there, and nobody would see what is missing.
var errOtherJournal = errors.New("the database of the read models was filled from another journal, or from what this one was before a restore: name an empty one with POSTGRES, or remove the folder postgres from the data folder; everything in it is told again from the journal")

// sameJournal makes sure that the journal is the one that the database is told from, and
// no copy with other positions, nor an older state of it.
func (h *house) sameJournal(ctx context.Context) error {
	mark, err := h.journal.Mark(ctx, installation.Stream)
	if err != nil || mark == "" { // nothing was told from it yet
		return err
	}
	var known string
	var reached domain.Position
	err = pgx.BeginFunc(ctx, h.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO journal (mark) VALUES ($1) ON CONFLICT DO NOTHING`, mark); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT mark, (SELECT coalesce(max(position), 0) FROM checkpoints) FROM journal`).Scan(&known, &reached)
	})
	if err != nil {
		return fmt.Errorf("journal of the database: %w", err)
	}
	end, err := h.journal.End(ctx)
	if err != nil {
		return err
	}
	if known != mark || reached > end {
		return errOtherJournal
	}
	return nil
}
