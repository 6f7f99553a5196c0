package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain/access"
	"skein/domain/mailbox"
	"skein/projections"
)

const mailboxesPath = "/v1/spaces/{space}/mailboxes"

func (a *API) mailboxes(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "connectMailbox", Method: http.MethodPost, Path: mailboxesPath, Tags: mailboxTag,
		Summary:       "Connect a mailbox",
		Description:   "Tries the login first, and records nothing unless it works (C3-2). The password is kept sealed and never shown again (C3-37). The INBOX is read afterwards, and each sender becomes or meets a contact.",
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, a.connectMailbox)
	operation(api, huma.Operation{
		OperationID: "listMailboxes", Method: http.MethodGet, Path: mailboxesPath, Tags: mailboxTag,
		Summary:     "List the mailboxes of a space",
		Description: "All mailboxes by name, each with its folders and what was read of them (C3-1, C3-5).",
		Errors:      []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.listMailboxes)
	operation(api, huma.Operation{
		OperationID: "readMailbox", Method: http.MethodGet, Path: mailboxesPath + "/{mailbox}", Tags: mailboxTag,
		Summary:     "Read a mailbox",
		Description: "One mailbox, with its folders and what was read of them (C3-5).",
		Errors:      []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.readMailbox)
}

type connectedMailbox struct {
	Recorded
	Location string `header:"Location" doc:"Where the mailbox is"`
	Body     struct {
		ID mailbox.ID `json:"id"`
	}
}

func (a *API) connectMailbox(ctx context.Context, in *struct {
	InSpace
	Body struct {
		Name     string           `json:"name,omitempty" doc:"Default: the user" example:"Office"`
		Host     string           `json:"host" doc:"The IMAP server" example:"imap.example.org"`
		Port     int              `json:"port" minimum:"1" maximum:"65535" example:"993"`
		Security mailbox.Security `json:"security,omitempty" enum:"tls,starttls,none" default:"tls" doc:"How the way to the server is protected"`
		User     string           `json:"user" example:"office@example.org"`
		Password string           `json:"password" writeOnly:"true" format:"password" minLength:"1" maxLength:"1000" doc:"Of the account, or made for this program. It is never shown again"`
	}
},
) (*connectedMailbox, error) {
	room, err := a.enter(ctx, in.Space, access.ManageMailboxes)
	if err != nil {
		return nil, err
	}
	account := mailbox.Account{Host: in.Body.Host, Port: in.Body.Port, Security: in.Body.Security, User: in.Body.User}
	id, at, err := a.Commands.ConnectMailbox(ctx, by(ctx), room, in.Body.Name, account, in.Body.Password)
	if err != nil {
		return nil, err
	}
	out := &connectedMailbox{Recorded: Recorded{at}, Location: "/v1/spaces/" + string(in.Space) + "/mailboxes/" + string(id)}
	out.Body.ID = id
	requestOf(ctx).about.Mailbox = id
	return out, nil
}

type mailboxList struct {
	Body struct {
		Mailboxes []projections.Mailbox `json:"mailboxes"`
	}
}

func (a *API) listMailboxes(ctx context.Context, in *struct {
	InSpace
	Since
},
) (*mailboxList, error) {
	room, err := a.see(ctx, in.InSpace, in.Since, access.ManageMailboxes, "mailboxes")
	if err != nil {
		return nil, err
	}
	var out mailboxList
	out.Body.Mailboxes, err = projections.ListMailboxes(ctx, a.DB, room.ID)
	return &out, err
}

func (a *API) readMailbox(ctx context.Context, in *struct {
	InSpace
	Since
	Mailbox mailbox.ID `path:"mailbox" doc:"Id of the mailbox"`
},
) (*struct{ Body projections.Mailbox }, error) {
	room, err := a.see(ctx, in.InSpace, in.Since, access.ManageMailboxes, "mailboxes")
	if err != nil {
		return nil, err
	}
	one, err := projections.OneMailbox(ctx, a.DB, room.ID, issued(in.Mailbox))
	return &struct{ Body projections.Mailbox }{one}, err
}
