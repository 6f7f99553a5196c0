package access_test

import (
	"errors"
	"slices"
	"testing"

	"skein/domain/access"
	"skein/domain/organization"
	"skein/domain/space"
)

// C0-1, C0-10, C0-11: who may see the spaces of an organization, and change them.
func TestOrganization(t *testing.T) {
	may := map[access.Action]string{
		access.SeeSpaces: "abu", access.CreateSpaces: "au", access.EditSpaces: "au", access.DeleteSpaces: "au",
		access.SeeMembers: "abu", access.ManageMembers: "au", access.ManagePlan: "ab", access.ReadAudit: "a", access.SeeUsage: "ab",
		access.ListContacts: "", // no action of an organization
	}
	roles := map[rune]organization.Role{'a': organization.Admin, 'b': organization.BillingAdmin, 'u': organization.UserAdmin, 'm': organization.Plain, '-': ""}
	for action, who := range may {
		for letter, role := range roles {
			want := false
			for _, l := range who {
				want = want || l == letter
			}
			if got := access.Allow(role, action) == nil; got != want {
				t.Errorf("%s as %q: %v, want %v", action, role, got, want)
			}
		}
	}
}

// C2-2: the contacts module is for owners and managers.
func TestSpace(t *testing.T) {
	may := map[access.Action]string{
		access.LookAround: "oma", access.ReadContact: "oma", access.ListContacts: "om", access.EditContacts: "om",
		access.ImportContacts: "om", access.ExportContacts: "om", access.DeleteContacts: "om", access.MergeContacts: "om", access.UnmergeContacts: "om",
		access.ManageInboxes: "om", access.ManageFields: "o", access.ManageChannels: "o", access.Converse: "oma", access.ManageMailboxes: "om",
		access.ManageCredentials: "o", access.ExportSpace: "o", access.ManageIdentifiers: "o",
		access.CreateSpaces: "", // no action of a space
	}
	roles := map[rune]space.Role{'o': space.Owner, 'm': space.Manager, 'a': space.Agent, '-': ""}
	for action, who := range may {
		for letter, role := range roles {
			want := false
			for _, l := range who {
				want = want || l == letter
			}
			if got := access.AllowIn(space.Post{Role: role}, action) == nil; got != want {
				t.Errorf("%s as %q: %v, want %v", action, role, got, want)
			}
		}
	}
}

// C2-45, C2-54: what is withheld from a manager, who may do all the rest.
func TestRestrictions(t *testing.T) {
	for post, never := range map[space.Post][]access.Action{
		{Role: space.Manager, NoExport: true}:                   {access.ExportContacts},
		{Role: space.Manager, NoDeletion: true}:                 {access.DeleteContacts, access.MergeContacts}, // D1-18
		{Role: space.Manager, NoExport: true, NoDeletion: true}: {access.ExportContacts, access.DeleteContacts, access.MergeContacts},
	} {
		for _, action := range []access.Action{access.ListContacts, access.EditContacts, access.ImportContacts, access.ExportContacts, access.DeleteContacts, access.MergeContacts, access.UnmergeContacts} {
			err := access.AllowIn(post, action)
			if want := slices.Contains(never, action); want != errors.Is(err, access.ErrWithheld) || !want && err != nil {
				t.Errorf("%s as %+v: %v", action, post, err)
			}
		}
	}
}

// C4: whoever administers the organization is an owner of its spaces; no other
// role of the organization lets anybody into one.
func TestPostIn(t *testing.T) {
	held := space.Post{Role: space.Manager, NoExport: true}
	lab := space.Space{Users: map[space.UserID]space.Post{"eve": held, "ada": held}}
	engines := organization.Organization{Members: map[organization.UserID]organization.Role{
		"ada": organization.Admin, "bob": organization.BillingAdmin, "una": organization.UserAdmin, "eve": organization.Plain,
	}}
	for user, want := range map[organization.UserID]space.Post{"ada": {Role: space.Owner}, "bob": {}, "una": {}, "eve": held, "kit": {}} {
		if got := access.PostIn(lab, engines, user); got != want {
			t.Errorf("%s is %+v, want %+v", user, got, want)
		}
	}
}
