package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"skein/domain"
	"skein/domain/mailbox"
	"skein/domain/space"
)

// ReadMailbox reads what is new in a folder of a mailbox; the sender of each mail
// becomes or meets a contact of the space. It may stop anywhere and be done again.
//
// Mail from somebody unknown is turned away while the space takes no more contacts
// in, and remembered: it is read again, before what is new, each time (C0-22). Who
// is known is heard in any case (C0-23).
func (h *Handler) ReadMailbox(ctx context.Context, key mailbox.Key, folder string) error {
	by := domain.By{Actor: "system:mail", Correlation: string(key.ID)}
	in, err := h.room(ctx, key.Space)
	if err != nil {
		return err
	}
	box, err := load(ctx, h, key.Stream(), mailbox.Evolve)
	if err != nil {
		return err
	}
	password, err := h.Seal.Unseal(box.state.Sealed, []byte(key.Stream()))
	if err != nil {
		return fmt.Errorf("open password of mailbox %s: %w", key.ID, err)
	}
	r := &reading{
		Handler: h, by: by, in: in, key: key, hearing: hearing{talks: talks{}},
		away: mailbox.TurnAway{Folder: folder}, up: mailbox.TakeUp{Folder: folder},
		note: mailbox.NoteRead{Folder: folder, Cursor: box.state.Read[folder]},
	}
	err = r.again(ctx, box.state, string(password))
	if err == nil {
		err = r.onwards(ctx, box.state, string(password))
	}
	if err != nil {
		return fmt.Errorf("read mailbox %s: %w", key.ID, err)
	}
	return r.keep(ctx)
}

// reading is a folder of a mailbox while it is read: what is to be noted of it.
type reading struct {
	*Handler
	by      domain.By
	in      Room
	key     mailbox.Key
	hearing hearing
	note    mailbox.NoteRead
	away    mailbox.TurnAway
	up      mailbox.TakeUp
	outside int // mails that stay turned away
}

// keptEvery is how many mails are read until it is noted how far.
const keptEvery = 500

// again reads what was turned away before. What is not there any more is forgotten.
func (r *reading) again(ctx context.Context, box mailbox.Mailbox, password string) error {
	waiting := box.Away[r.note.Folder]
	if len(waiting.UIDs) == 0 {
		return nil
	}
	var there []uint32
	for m, err := range r.Mail.Pick(ctx, box.Account, password, r.note.Folder, waiting.Validity, waiting.UIDs) {
		if err != nil {
			return err
		}
		there = append(there, m.Cursor.UID)
		switch what, err := r.hear(ctx, m); {
		case err != nil:
			return err
		case what == turnedAway:
			r.outside++
			continue
		case what == heard:
			r.up.Senders++
		default:
			r.up.Skipped++
		}
		if r.up.UIDs = append(r.up.UIDs, m.Cursor.UID); len(r.up.UIDs) >= keptEvery {
			if err := r.keep(ctx); err != nil {
				return err
			}
		}
	}
	for _, uid := range waiting.UIDs {
		if !slices.Contains(there, uid) {
			r.up.UIDs = append(r.up.UIDs, uid)
		}
	}
	return nil
}

// onwards reads what is new. It stops where no more can be remembered as turned
// away, so that nothing is lost.
func (r *reading) onwards(ctx context.Context, box mailbox.Mailbox, password string) error {
	for m, err := range r.Mail.Read(ctx, box.Account, password, r.note.Folder, r.note.Cursor) {
		if err != nil {
			return err
		}
		switch what, err := r.hear(ctx, m); {
		case err != nil:
			return err
		case what == turnedAway && r.outside == mailbox.MostAway:
			return nil
		case what == turnedAway:
			r.outside++
			r.away.Validity, r.away.UIDs = m.Cursor.Validity, append(r.away.UIDs, m.Cursor.UID)
		case what == heard:
			r.note.Senders++
		default:
			r.note.Skipped++
		}
		r.note.Cursor = m.Cursor
		if r.note.Messages++; r.note.Messages == keptEvery {
			if err := r.keep(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// What became of a mail.
type outcome int

const (
	skipped    outcome = iota // it names nobody, or not by an address
	heard                     // its sender became or met a contact
	turnedAway                // its sender is unknown, and the space is full
)

func (r *reading) hear(ctx context.Context, m Mailed) (outcome, error) {
	if m.Email == "" || m.Machine {
		return skipped, nil
	}
	_, err := r.Handler.hear(ctx, r.by, r.in, m.inbound(r.Now()), &r.hearing)
	var refused *domain.Refusal
	switch {
	case err == nil:
		return heard, nil
	case errors.Is(err, space.ErrFull):
		return turnedAway, nil
	case errors.As(err, &refused) && refused.Reason == domain.Invalid:
		return skipped, nil
	}
	return skipped, err // also what is refused at this moment only
}

// keep notes what was read.
func (r *reading) keep(ctx context.Context) error {
	_, err := carryOut(ctx, r.Handler, r.by, r.key.Stream(), mailbox.Evolve, func(m mailbox.Mailbox) (all []mailbox.Event, err error) {
		for _, cmd := range []mailbox.Command{r.up, r.away, r.note} {
			events, err := mailbox.Decide(m, cmd)
			if err != nil {
				return nil, err
			}
			for _, e := range events {
				m = mailbox.Evolve(m, e, domain.Moment{})
			}
			all = append(all, events...)
		}
		return all, nil
	})
	r.up = mailbox.TakeUp{Folder: r.note.Folder}
	r.away = mailbox.TurnAway{Folder: r.note.Folder}
	r.note = mailbox.NoteRead{Folder: r.note.Folder, Cursor: r.note.Cursor}
	return err
}
