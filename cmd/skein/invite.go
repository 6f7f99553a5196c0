package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"skein/adapters/httpapi"
	"skein/domain"
	"skein/domain/invitation"
)

// invite makes an invitation to found an organization.
type invite struct {
	Expires span   `env:"SKEIN_INVITE_EXPIRES" default:"7d" help:"How long it can be accepted: days, such as 7d, or hours and minutes, such as 36h or 30m."`
	Note    string `env:"SKEIN_INVITE_NOTE" help:"What it is for: one line that the journal keeps. No name or address of a person."`
	Revoke  string `env:"SKEIN_INVITE_REVOKE" placeholder:"INVITATION-ID" help:"Revoke an invitation instead. Its id stands between the last two underscores of its code."`
}

// span is how long something takes.
type span time.Duration

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *span) UnmarshalText(text []byte) error {
	if days, of := strings.CutSuffix(string(text), "d"); of {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return fmt.Errorf("%q is no number of days, such as 7d", text)
		}
		*s = span(time.Duration(n) * 24 * time.Hour)
		return nil
	}
	d, err := time.ParseDuration(string(text))
	*s = span(d)
	return err
}

// Run makes the invitation and prints its code.
func (cmd invite) Run(ctx context.Context, s *settings) (err error) {
	h, err := enter(ctx, s, withJournal)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	do, err := h.commandsOn(ctx, s, nil)
	if err != nil {
		return err
	}
	by := domain.By{Actor: "system:invite"}
	if cmd.Revoke != "" {
		id := cmd.Revoke
		if u, err := uuid.Parse(id); err == nil {
			id = u.String()
		}
		if _, err := do.Invitation(ctx, by, invitation.ID(id), invitation.Revoke{}); err != nil {
			return fmt.Errorf("invitation %s: %w", cmd.Revoke, err)
		}
		return nil
	}
	id := invitation.ID(newID())
	code, hash := httpapi.NewInvitation(id)
	now := do.Now()
	if _, err := do.Invitation(ctx, by, id, invitation.Issue{Hash: hash, Note: cmd.Note, Expires: now.Add(time.Duration(cmd.Expires)), At: now}); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, code)
	return err
}
