package main

import (
	"context"

	"skein/commands"
	"skein/domain"
	"skein/domain/audit"
	"skein/domain/organization"
)

// noteLocal notes in the audit log of an organization what somebody did who works on
// the installation itself.
func noteLocal(ctx context.Context, do *commands.Handler, by domain.By, of organization.ID, action string, about audit.About) error {
	return do.Note(ctx, by, of, audit.Noted{Action: action, Outcome: audit.Done, Address: audit.Local, About: about})
}
