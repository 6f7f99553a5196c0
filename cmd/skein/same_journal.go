package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"skein/domain"
	"skein/domain/installation"
)

// errOtherJournal refuses a database that was told from another journal: its positions
// mean something else there, and nobody would see what is missing.
var errOtherJournal = errors.New("the database of the read models was filled from another journal, or from what this one was before a restore: name an empty one with POSTGRES, or remove the folder postgres from the data folder; everything in it is told again from the journal")

// known is what the database knows of the journal that it is told from.
type known struct {
	mark    string          // of the journal; empty while the database is told from none
	at      domain.Position // of an event that was told
	event   string          // its id
	reached domain.Position // up to where some read model is told
}

func (h *house) known(ctx context.Context) (k known, err error) {
	err = h.db.QueryRow(ctx, `
		SELECT coalesce(mark, ''), coalesce(position, 0), coalesce(event, ''), reached
		FROM (SELECT coalesce(max(position), 0) AS reached FROM checkpoints) AS c LEFT JOIN journal ON true`,
	).Scan(&k.mark, &k.at, &k.event, &k.reached)
	if err != nil {
		return k, fmt.Errorf("journal of the database: %w", err)
	}
	return k, nil
}

// sameJournal makes sure that the journal is the one that the database is told from, and
// no copy with other positions, nor an older state of it, nor one that went on otherwise
// from there. It writes nothing to the journal. A database that is told from none yet
// is told from this one once that has begun.
func (h *house) sameJournal(ctx context.Context) error {
	mark, err := h.journal.Mark(ctx, installation.Stream)
	if err != nil {
		return err
	}
	db, err := h.known(ctx)
	if err != nil {
		return err
	}
	end, err := h.journal.End(ctx)
	if err != nil {
		return err
	}
	if db.mark != "" && db.mark != mark || max(db.at, db.reached) > end {
		return errOtherJournal
	}
	if db.mark == "" && mark != "" {
		if _, err := h.db.Exec(ctx, `INSERT INTO journal (mark) VALUES ($1) ON CONFLICT DO NOTHING`, mark); err != nil {
			return fmt.Errorf("journal of the database: %w", err)
		}
	}
	return h.noteReached(ctx)
}

// noteReached has the database know the last event it was told, unless the journal has
// another one where that is that it knows already.
//
// What is told after that is compared by its length alone: the process that is killed
// leaves up to a minute of it. Nor is anything found out where the event was scavenged.
func (h *house) noteReached(ctx context.Context) error {
	db, err := h.known(ctx)
	if err != nil {
		return err
	}
	if db.event != "" {
		there, err := h.journal.IDAt(ctx, db.at)
		if err != nil {
			return err
		}
		if there != "" && there != db.event {
			return errOtherJournal
		}
	}
	if db.reached <= db.at {
		return nil
	}
	event, err := h.journal.IDAt(ctx, db.reached)
	if err != nil || event == "" {
		return err
	}
	_, err = h.db.Exec(ctx, `UPDATE journal SET position = $1, event = $2 WHERE position < $1`, db.reached, event)
	if err != nil {
		return fmt.Errorf("journal of the database: %w", err)
	}
	return nil
}

// keepNoting notes every minute, and at the end, how far the database is told, and fails
// when the journal is another one by then.
func (h *house) keepNoting(ctx context.Context) error {
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	for {
		last := false
		select {
		case <-minute.C:
		case <-ctx.Done():
			last = true
		}
		bounded, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		err := h.noteReached(bounded)
		stop()
		switch {
		case errors.Is(err, errOtherJournal):
			return err
		case err != nil:
			h.log.Warn("how far the journal is told was not noted", "error", err)
		}
		if last {
			return nil
		}
	}
}
