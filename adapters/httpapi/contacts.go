package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/projections"
)

const (
	contactsPath   = "/v1/spaces/{space}/contacts"
	oneContactPath = contactsPath + "/{contact}"
)

func (a *API) contacts(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "createContact", Method: http.MethodPost, Path: contactsPath, Tags: contactTag,
		Summary:       "Add a contact",
		Description:   "Adds one contact by hand; nothing automatic starts for it (C2-17, C2-19). A value that names another contact already is refused with that contact as holder (C1-15).",
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, a.createContact)
	operation(api, huma.Operation{
		OperationID: "readContact", Method: http.MethodGet, Path: oneContactPath, Tags: contactTag,
		Summary:     "Read a contact",
		Description: "The full record, with where each value comes from and what was merged into it (C2-11). An absorbed contact redirects to its survivor (C2-68).",
		Errors:      []int{http.StatusPermanentRedirect, http.StatusNotFound, http.StatusGone, http.StatusServiceUnavailable},
	}, a.readContact)
	operation(api, huma.Operation{
		OperationID: "editContact", Method: http.MethodPatch, Path: oneContactPath, Tags: contactTag,
		Summary:     "Change a contact",
		Description: "Changes the fields that are sent and leaves the others; an empty value clears a field. An identifier that is given up is free afterwards (C1-23), but for one of a contact that was merged into this one: that goes on leading here until it is unmerged.",
		Errors:      []int{http.StatusNotFound, http.StatusGone, http.StatusConflict},
	}, a.editContact)
	operation(api, huma.Operation{
		OperationID: "deleteContact", Method: http.MethodDelete, Path: oneContactPath, Tags: contactTag,
		Summary:     "Delete a contact",
		Description: "Takes the contact, and all that was merged into it, out of the space. This cannot be undone, and has to be confirmed (C2-13, C2-14). Its history stays, for those who may read it.",
		Errors:      []int{http.StatusNotFound, http.StatusGone, http.StatusConflict},
	}, a.deleteContact)
	a.contactLists(api)
}

// InContact is the part of a path that names a contact. Huma only finds it if it
// is exported.
type InContact struct {
	InSpace
	Contact contact.ID `path:"contact" doc:"Id of the contact"`
}

// values are fields as they are sent; null is the same as an empty value.
type values map[string]*string

func (v values) fields() map[string]string {
	fields := make(map[string]string, len(v))
	for key, value := range v {
		if fields[key] = ""; value != nil {
			fields[key] = *value
		}
	}
	return fields
}

type createdContact struct {
	Recorded
	Location string `header:"Location" doc:"Where the contact is"`
	Body     struct {
		ID contact.ID `json:"id"`
	}
}

func (a *API) createContact(ctx context.Context, in *struct {
	InSpace
	Body struct {
		Fields values   `json:"fields,omitempty" doc:"Values by the field's key" example:"{\"first_name\":\"Ada\",\"email\":\"ada@example.org\"}"`
		Tags   []string `json:"tags,omitempty"`

		Identities []contact.Identity `json:"identities,omitempty" doc:"How the contact is known on channels"`
	}
},
) (*createdContact, error) {
	room, err := a.enter(ctx, in.Space, access.EditContacts)
	if err != nil {
		return nil, err
	}
	id, at, err := a.Commands.CreateContact(ctx, by(ctx), room, contact.Create{Fields: in.Body.Fields.fields(), Tags: in.Body.Tags, Identities: in.Body.Identities, Origin: contact.ByHand})
	if err != nil {
		return nil, err
	}
	out := &createdContact{Recorded: Recorded{at}, Location: contactPath(in.Space, id)}
	out.Body.ID = id
	return out, nil
}

type fullContact struct {
	ETag string `header:"ETag" doc:"Changes whenever the contact does"`
	Body projections.FullContact
}

func (a *API) readContact(ctx context.Context, in *struct {
	InContact
	Since
},
) (*fullContact, error) {
	room, err := a.see(ctx, in.InSpace, in.Since, access.ReadContact, "contacts")
	if err != nil {
		return nil, err
	}
	full, err := projections.OneContact(ctx, a.DB, room.ID, issued(in.Contact))
	return &fullContact{ETag: etag(full.Position), Body: full}, err
}

func (a *API) editContact(ctx context.Context, in *struct {
	InContact
	Body struct {
		Fields values   `json:"fields,omitempty" doc:"Values by the field's key; an empty value or null clears the field" example:"{\"phone\":null}"`
		Tag    []string `json:"tag,omitempty" doc:"Tags to add"`
		Untag  []string `json:"untag,omitempty" doc:"Tags to remove"`

		Link   []contact.Identity `json:"link,omitempty" doc:"How the contact is known on channels from now on"`
		Unlink []contact.Identity `json:"unlink,omitempty" doc:"And is not any more"`
	}
},
) (*Recorded, error) {
	room, err := a.enter(ctx, in.Space, access.EditContacts)
	if err != nil {
		return nil, err
	}
	at, err := a.Commands.EditContact(ctx, by(ctx), room, issued(in.Contact), contact.Edit{Fields: in.Body.Fields.fields(), Tag: in.Body.Tag, Untag: in.Body.Untag, Link: in.Body.Link, Unlink: in.Body.Unlink})
	return &Recorded{at}, err
}

var errUnconfirmed = domain.Refuse(domain.Invalid, "confirmation_missing", "Deleting cannot be undone, neither for the contact nor for what was merged into it. Send the request again with ?confirm=true if that is what you want.").Where("/confirm")

func (a *API) deleteContact(ctx context.Context, in *struct {
	InContact
	Confirm bool `query:"confirm" doc:"true: it is to be deleted, though nobody can undo it"`
},
) (*Recorded, error) {
	room, err := a.enter(ctx, in.Space, access.DeleteContacts)
	if err != nil {
		return nil, err
	}
	if !in.Confirm {
		return nil, errUnconfirmed
	}
	at, err := a.Commands.DeleteContact(ctx, by(ctx), room, issued(in.Contact))
	return &Recorded{at}, err
}

// etag is the entity tag (RFC 9110, section 8.8.3) of what was changed last at a position.
func etag(at domain.Position) string { return `"` + positionText(at) + `"` }
