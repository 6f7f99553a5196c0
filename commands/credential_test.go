package commands_test

import (
	"errors"
	"testing"
	"time"

	"skein/commands"
	"skein/domain/access"
	"skein/domain/credential"
	"skein/domain/organization"
	"skein/domain/space"
)

// shop is a credential of the room.
func (h *house) shop(t *testing.T, role space.Role) commands.Principal {
	t.Helper()
	cmd := credential.Issue{
		Organization: "engines", Holder: credential.ID("shop").Actor(), Space: h.room.ID, Role: role,
		Label: "shop", Hash: "#", Expires: h.Now().Add(time.Minute),
	}
	if _, err := h.IssueCredential(t.Context(), by, "shop", cmd); err != nil {
		t.Fatal(err)
	}
	who, err := h.Who(t.Context(), "shop", "#")
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// A space's own credential enters that space in its role; for it there is no other
// space and no organization, even as an owner (C1-4).
func TestCredentialEnters(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	who := h.shop(t, space.Owner)
	other, _, err := h.CreateSpace(ctx, by, space.Create{Organization: "engines", Name: "Other"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Enter(ctx, who, h.room.ID, access.ManageCredentials); err != nil {
		t.Error(err)
	}
	if _, err := h.Enter(ctx, who, other, access.LookAround); !errors.Is(err, space.ErrUnknown) {
		t.Errorf("the other space: %v", err)
	}
	if _, err := h.Administer(ctx, who, "engines", access.SeeSpaces); !errors.Is(err, organization.ErrUnknown) {
		t.Errorf("the organization: %v", err)
	}
	who.Role = space.Agent
	if _, err := h.Enter(ctx, who, h.room.ID, access.ManageCredentials); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("as an agent: %v", err)
	}
}

// It proves nothing when it has expired, however lately it was looked at, and when
// its space is deleted (C0-31).
func TestCredentialEnds(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	h.shop(t, space.Agent)
	h.clock.Store(59)
	if _, err := h.Who(ctx, "shop", "#"); err != nil {
		t.Error(err)
	}
	h.clock.Store(60)
	if _, err := h.Who(ctx, "shop", "#"); !errors.Is(err, commands.ErrWho) {
		t.Errorf("expired: %v", err)
	}
	h.clock.Store(0)
	if _, err := h.DeleteSpace(ctx, by, "engines", h.room.ID, "Lab"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Who(ctx, "shop", "#"); !errors.Is(err, commands.ErrWho) {
		t.Errorf("of a deleted space: %v", err)
	}
}

// Who leaves the organization leaves their tokens behind: coming back makes none of
// them good again, and those that are issued then are.
func TestTokenOfWhoLeft(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	join := func() {
		if _, err := h.Organization(ctx, by, "engines", organization.Join{User: "eve", Role: organization.Plain}); err != nil {
			t.Fatal(err)
		}
	}
	issue := func(id credential.ID) {
		if _, err := h.IssueCredential(ctx, by, id, credential.Issue{Organization: "engines", Holder: "eve", Hash: "#"}); err != nil {
			t.Fatal(err)
		}
	}
	proves := func(id credential.ID, want error) {
		t.Helper()
		if _, err := h.Who(ctx, id, "#"); !errors.Is(err, want) {
			t.Errorf("%s: %v", id, err)
		}
	}
	issue("guest")
	join()
	issue("laptop")
	proves("guest", nil)
	proves("laptop", nil)
	if _, err := h.RemoveMember(ctx, by, "engines", "eve"); err != nil {
		t.Fatal(err)
	}
	proves("laptop", commands.ErrWho)
	join()
	proves("guest", commands.ErrWho)
	proves("laptop", commands.ErrWho)
	issue("phone")
	proves("phone", nil)
}
