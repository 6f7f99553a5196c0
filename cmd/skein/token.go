package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"skein/commands"
	"skein/domain"
	"skein/domain/audit"
	"skein/domain/credential"
	"skein/domain/organization"
)

// token issues an access token.
type token struct {
	Organization string    `env:"SKEIN_ORGANIZATION" default:"${first}" help:"Organization the token is for."`
	Holder       string    `env:"SKEIN_HOLDER" default:"administrator" help:"User whose token it is, as histories will say. No name or address of a person."`
	Join         string    `env:"SKEIN_JOIN" enum:",organization_admin,billing_admin,user_admin,member" default:"" help:"Make the user a member in this role first."`
	Label        string    `env:"SKEIN_LABEL" default:"command line" help:"What the token is for."`
	Expires      time.Time `env:"SKEIN_EXPIRES" placeholder:"2027-01-31T12:00:00Z" help:"From when on it proves nothing. Not set: it does not expire."`
	Revoke       string    `env:"SKEIN_REVOKE" placeholder:"TOKEN-ID" help:"Revoke a credential of the organization or of one of its spaces instead. Its id stands between its two underscores."`
}

// Run issues the token and prints it.
func (cmd token) Run(ctx context.Context, s *settings) (err error) {
	h, err := enter(ctx, s, withJournal)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	do, err := h.commandsOn(ctx, s, nil)
	if err != nil {
		return err
	}
	if cmd.Revoke != "" {
		return cmd.revoke(ctx, do)
	}
	of, user := organization.ID(cmd.Organization), organization.UserID(cmd.Holder)
	if cmd.Join != "" {
		by := domain.By{Actor: "system:token"}
		if _, err := do.Organization(ctx, by, of, organization.Join{User: user, Role: organization.Role(cmd.Join)}); err != nil {
			return err
		}
		if err := noteLocal(ctx, do, by, of, "putMember", audit.About{Users: []audit.User{{ID: user, Role: cmd.Join}}}); err != nil {
			return err
		}
	}
	known, err := h.organization(ctx, of)
	switch {
	case err != nil:
		return err
	case known.Founded.IsZero():
		return fmt.Errorf("organization %s: %w", of, organization.ErrUnknown)
	}
	if err := organization.CheckUser(user); err != nil {
		return err
	}
	token, err := issue(ctx, do, of, domain.Actor(cmd.Holder), cmd.Label, cmd.Expires)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, token)
	return err
}

// revoke makes a token prove nothing any more.
func (cmd token) revoke(ctx context.Context, do *commands.Handler) error {
	id := cmd.Revoke
	if u, err := uuid.Parse(id); err == nil {
		id = u.String()
	}
	ofOrganization := func(c credential.Credential) error {
		if c.Organization != organization.ID(cmd.Organization) {
			return credential.ErrUnknown
		}
		return nil
	}
	by := domain.By{Actor: "system:token"}
	_, err := do.RevokeCredential(ctx, by, credential.ID(id), ofOrganization)
	if err != nil {
		return fmt.Errorf("token %s: %w", cmd.Revoke, err)
	}
	return noteLocal(ctx, do, by, organization.ID(cmd.Organization), "revokeToken", audit.About{Credential: credential.ID(id)})
}
