package access_test

import (
	"testing"

	"skein/domain/access"
	"skein/domain/organization"
	"skein/domain/space"
)

// C0-1, C0-10, C0-11: who may see the spaces of an organization, and change them.
func TestOrganization(t *testing.T) {
	may := map[access.Action]string{
		access.SeeSpaces: "abu", access.CreateSpaces: "au", access.EditSpaces: "au", access.DeleteSpaces: "au",
		access.SeeMembers: "abu", access.ManageMembers: "au", access.ManagePlan: "ab",
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
		access.ImportContacts: "om", access.DeleteContacts: "om", access.MergeContacts: "om",
		access.ManageInboxes: "om", access.ManageFields: "o", access.ManageMailboxes: "om",
		access.CreateSpaces: "", // no action of a space
	}
	roles := map[rune]space.Role{'o': space.Owner, 'm': space.Manager, 'a': space.Agent, '-': ""}
	for action, who := range may {
		for letter, role := range roles {
			want := false
			for _, l := range who {
				want = want || l == letter
			}
			if got := access.AllowIn(role, action) == nil; got != want {
				t.Errorf("%s as %q: %v, want %v", action, role, got, want)
			}
		}
	}
}

// C4: whoever administers the organization is an owner of its spaces; no other
// role of the organization lets anybody into one.
func TestRoleIn(t *testing.T) {
	lab := space.Space{Users: map[space.UserID]space.Role{"eve": space.Agent, "ada": space.Agent}}
	engines := organization.Organization{Members: map[organization.UserID]organization.Role{
		"ada": organization.Admin, "bob": organization.BillingAdmin, "una": organization.UserAdmin, "eve": organization.Plain,
	}}
	for user, want := range map[organization.UserID]space.Role{"ada": space.Owner, "bob": "", "una": "", "eve": space.Agent, "kit": ""} {
		if got := access.RoleIn(lab, engines, user); got != want {
			t.Errorf("%s is %q, want %q", user, got, want)
		}
	}
}
