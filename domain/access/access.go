// Package access is about who may do what: roles and actions as one table of data,
// which is asked in one place when a space or an organization is entered.
package access

import (
	"slices"

	"skein/domain"
	"skein/domain/organization"
	"skein/domain/space"
)

// Action is something that not everybody may do.
type Action string

// Actions in an organization.
const (
	SeeSpaces     Action = "see_spaces"     // C0-1
	CreateSpaces  Action = "create_spaces"  // C0-10
	EditSpaces    Action = "edit_spaces"    // C0-10: name, users, contact limit
	DeleteSpaces  Action = "delete_spaces"  // C0-27
	SeeMembers    Action = "see_members"    // who is in the organization, in which role
	ManageMembers Action = "manage_members" // and their tokens
	ManagePlan    Action = "manage_plan"    // plan and modules
	SeeUsage      Action = "see_usage"      // what is billed (C1-8)
	ReadAudit     Action = "read_audit"     // who did what, and who tried to (D5-4)
)

// Actions in a space.
const (
	LookAround      Action = "look_around"      // what fields the space has
	ReadContact     Action = "read_contact"     // one contact, to talk to it
	ListContacts    Action = "list_contacts"    // the contacts module: lists, filters, inboxes, histories (C2-2)
	EditContacts    Action = "edit_contacts"    // one by one
	Converse        Action = "converse"         // messages, comments and events, one by one
	ImportContacts  Action = "import_contacts"  // C2-18
	ExportContacts  Action = "export_contacts"  // C2-45
	ExportSpace     Action = "export_space"     // all of it (C0-30)
	DeleteContacts  Action = "delete_contacts"  // C2-13
	MergeContacts   Action = "merge_contacts"   // C2-80
	UnmergeContacts Action = "unmerge_contacts" // C2-80
	ManageInboxes   Action = "manage_inboxes"   // C2-43
	ManageFields    Action = "manage_fields"    // custom fields
	ManageChannels  Action = "manage_channels"  // by which contacts are in touch
	ManageMailboxes Action = "manage_mailboxes" // C3-2

	ManageCredentials Action = "manage_credentials" // the space's own (C1-3)
	ManageIdentifiers Action = "manage_identifiers" // what names one contact only (C1-16)
)

var (
	overseers = []organization.Role{organization.Admin, organization.BillingAdmin, organization.UserAdmin}
	builders  = []organization.Role{organization.Admin, organization.UserAdmin}
	leaders   = []space.Role{space.Owner, space.Manager}
	everybody = []space.Role{space.Owner, space.Manager, space.Agent}
)

// inOrganization and inSpace say who may do what.
var (
	inOrganization = map[Action][]organization.Role{
		SeeSpaces: overseers, CreateSpaces: builders, EditSpaces: builders, DeleteSpaces: builders,
		SeeMembers: overseers, ManageMembers: builders, ManagePlan: {organization.Admin, organization.BillingAdmin},
		ReadAudit: {organization.Admin}, SeeUsage: {organization.Admin, organization.BillingAdmin},
	}
	inSpace = map[Action][]space.Role{
		LookAround: everybody, ReadContact: everybody, Converse: everybody, ListContacts: leaders, EditContacts: leaders,
		ImportContacts: leaders, ExportContacts: leaders, DeleteContacts: leaders, MergeContacts: leaders, UnmergeContacts: leaders,
		ManageInboxes: leaders, ManageFields: {space.Owner}, ManageChannels: {space.Owner}, ManageMailboxes: leaders,
		ManageCredentials: {space.Owner}, ExportSpace: {space.Owner}, ManageIdentifiers: {space.Owner},
	}
)

// ErrForbidden refuses what a role does not include.
var ErrForbidden = domain.Refuse(domain.Forbidden, "role_insufficient", "Your role does not include this. Ask an administrator of the organization.")

// Allow refuses what the role in an organization does not include.
func Allow(role organization.Role, a Action) error {
	if !slices.Contains(inOrganization[a], role) {
		return ErrForbidden.Naming("action", string(a))
	}
	return nil
}

// ErrWithheld refuses what a manager may not do though other managers may.
var ErrWithheld = domain.Refuse(domain.Forbidden, "role_restricted", "Managers may do this, but it is withheld from you. Ask an administrator of the organization.")

// AllowIn refuses what the role in a space does not include, or what of it is
// withheld. A merge takes a contact out of the list, as a deletion does; an unmerge
// gives one back (D1-18).
func AllowIn(post space.Post, a Action) error {
	switch {
	case !slices.Contains(inSpace[a], post.Role):
		return ErrForbidden.Naming("action", string(a))
	case post.NoExport && a == ExportContacts, post.NoDeletion && (a == DeleteContacts || a == MergeContacts):
		return ErrWithheld.Naming("action", string(a))
	}
	return nil
}

// PostIn is the post that somebody has in a space: their own, or that of an owner
// for whoever administers the organization; none for all others.
func PostIn(s space.Space, o organization.Organization, user organization.UserID) space.Post {
	if o.Members[user] == organization.Admin {
		return space.Post{Role: space.Owner}
	}
	return s.Users[user]
}
