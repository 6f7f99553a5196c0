package main

import (
	"context"
	"errors"
	"fmt"

	"skein/domain"
	"skein/domain/organization"
)

// token issues an access token.
type token struct {
	Organization string `env:"SKEIN_ORGANIZATION" default:"${first}" help:"Organization the token is for."`
	Holder       string `env:"SKEIN_HOLDER" default:"administrator" help:"Who asks when the token is shown, as histories will say. No name or address of a person."`
	Label        string `env:"SKEIN_LABEL" default:"command line" help:"What the token is for."`
}

// Run issues the token and prints it.
func (cmd token) Run(ctx context.Context, s *settings) (err error) {
	h, err := open(ctx, s, withJournal)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	do, err := h.commandsOn(s, nil)
	if err != nil {
		return err
	}
	of := organization.ID(cmd.Organization)
	known := false
	for _, err := range h.journal.Read(ctx, of.Stream(), 0) {
		if err != nil {
			return err
		}
		known = true
	}
	if !known {
		return fmt.Errorf("organization %s: %w", of, organization.ErrUnknown)
	}
	token, err := issue(ctx, do, of, domain.Actor(cmd.Holder), cmd.Label)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, token)
	return err
}
