package main

import (
	"context"
	"errors"
	"fmt"

	"skein/adapters/httpapi"
	"skein/commands"
	"skein/domain"
	"skein/domain/credential"
	"skein/domain/organization"
)

// firstOrganization is the one that every installation begins with.
const firstOrganization organization.ID = "00000000-0000-7000-8000-000000000001"

// firstStart founds the first organization, if it is not there yet, and says what
// its administrator needs to begin.
func (h *house) firstStart(ctx context.Context, do *commands.Handler) (string, error) {
	_, err := do.FoundOrganization(ctx, domain.By{Actor: "system:start"}, firstOrganization, organization.Found{Name: "First organization"})
	var refused *domain.Refusal
	if errors.As(err, &refused) {
		return "", nil // it was founded on an earlier start
	}
	if err != nil {
		return "", err
	}
	token, err := issue(ctx, do, firstOrganization, "administrator", "first start")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Organization %s\nAdministrator token, shown only now: %s\n", firstOrganization, token), nil
}

// issue makes a token for somebody of an organization.
func issue(ctx context.Context, do *commands.Handler, of organization.ID, holder domain.Actor, label string) (string, error) {
	id := credential.ID(newID())
	token, hash := httpapi.NewToken(id)
	_, err := do.IssueCredential(ctx, domain.By{Actor: "system:token"}, id, credential.Issue{
		Organization: of, Holder: holder, Label: label, Hash: hash,
	})
	return token, err
}
