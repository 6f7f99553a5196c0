package httpapi

import (
	"regexp"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"skein/domain/audit"
	"skein/domain/contact"
	"skein/domain/credential"
	"skein/domain/mailbox"
	"skein/domain/organization"
	"skein/domain/space"
)

// Only what has the form of an id, or is one word, gets into the audit log:
// whatever else somebody typed into a path or a body may be a name or a secret.

// aboutPath is what the path of a request speaks of.
func aboutPath(route *chi.Context) audit.About {
	about := audit.About{
		Space:   shaped(space.ID(route.URLParam("space"))),
		Contact: shaped(contact.ID(route.URLParam("contact"))),
		Mailbox: shaped(mailbox.ID(route.URLParam("mailbox"))),
		Users:   people(audit.User{ID: organization.UserID(route.URLParam("user"))}),
	}
	for _, name := range []string{"token", "credential"} {
		if u, err := uuid.Parse(route.URLParam(name)); err == nil {
			about.Credential = credential.ID(u.String())
		}
	}
	return about
}

// shaped is an id of the form of ours, or none.
func shaped[ID ~string](id ID) ID {
	if issued(id) != id {
		return ""
	}
	return id
}

// people are those of users whose ids are ones.
func people(users ...audit.User) (all []audit.User) {
	for _, u := range users {
		if organization.CheckUser(u.ID) == nil {
			all = append(all, u)
		}
	}
	return all
}

// given are users as they are let into a space.
func given(rows []assignment) []audit.User {
	var users []audit.User
	for _, row := range rows {
		users = append(users, audit.User{ID: organization.UserID(row.User), Role: word(row.Role), NoExport: row.NoExport, NoDeletion: row.NoDeletion})
	}
	return people(users...)
}

var wordShape = regexp.MustCompile(`^[a-z_]{1,32}$`)

// word is what can be a role, a plan or a module, or nothing.
func word[Word ~string](w Word) string {
	if !wordShape.MatchString(string(w)) {
		return ""
	}
	return string(w)
}
