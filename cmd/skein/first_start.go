package main

import (
	"context"
	"fmt"
	"time"

	"skein/adapters/httpapi"
	"skein/commands"
	"skein/domain"
	"skein/domain/audit"
	"skein/domain/credential"
	"skein/domain/organization"
)

// firstOrganization is the one that every installation begins with.
const firstOrganization organization.ID = "00000000-0000-7000-8000-000000000001"

// firstUser administers it.
const firstUser organization.UserID = "administrator"

// firstStart founds the first organization, if nobody is in it yet, and says what
// its administrator needs to begin.
func (h *house) firstStart(ctx context.Context, do *commands.Handler) (string, error) {
	first, err := h.organization(ctx, firstOrganization)
	if err != nil {
		return "", err
	}
	if len(first.Members) > 0 {
		return "", nil // this is not the first start
	}
	by := domain.By{Actor: "system:start"}
	if first.Founded.IsZero() {
		if _, err := do.FoundOrganization(ctx, by, firstOrganization, organization.Found{Name: "First organization"}); err != nil {
			return "", err
		}
	}
	token, err := issue(ctx, do, firstOrganization, domain.Actor(firstUser), "first start", time.Time{})
	if err != nil {
		return "", err
	}
	about := audit.About{Users: []audit.User{{ID: firstUser, Role: string(organization.Admin)}}}
	if err := noteLocal(ctx, do, by, firstOrganization, "foundOrganization", about); err != nil {
		return "", err
	}
	_, err = do.Organization(ctx, by, firstOrganization, organization.Join{User: firstUser, Role: organization.Admin})
	return fmt.Sprintf("Organization %s\nAdministrator token, shown only now: %s\n", firstOrganization, token), err
}

// issue makes a token for somebody of an organization.
func issue(ctx context.Context, do *commands.Handler, of organization.ID, holder domain.Actor, label string, expires time.Time) (string, error) {
	id := credential.ID(newID())
	token, hash := httpapi.NewToken(id)
	by := domain.By{Actor: "system:token"}
	_, err := do.IssueCredential(ctx, by, id, credential.Issue{
		Organization: of, Holder: holder, Label: label, Hash: hash, Expires: expires,
	})
	if err != nil {
		return "", err
	}
	about := audit.About{Credential: id, Users: []audit.User{{ID: organization.UserID(holder)}}}
	return token, noteLocal(ctx, do, by, of, "issueToken", about)
}

// organization is what the journal says of an organization.
func (h *house) organization(ctx context.Context, id organization.ID) (o organization.Organization, err error) {
	for r, err := range h.journal.Read(ctx, id.Stream(), 0) {
		if err != nil {
			return o, err
		}
		if e, ok := r.Event.(organization.Event); ok {
			o = organization.Evolve(o, e, r.Moment)
		}
	}
	return o, nil
}
