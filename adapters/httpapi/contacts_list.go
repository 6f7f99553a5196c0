package httpapi

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/inbox"
	"skein/projections"
)

func (a *API) contactLists(api huma.API) {
	errors := []int{http.StatusNotFound, http.StatusServiceUnavailable}
	operation(api, huma.Operation{
		OperationID: "listContacts", Method: http.MethodGet, Path: contactsPath, Tags: contactTag, Errors: errors,
		Summary:     "List contacts",
		Description: "A page of the space's contacts, or of those an inbox or a filter shows and a search finds, sorted (C2-1, C2-5, C2-6).",
	}, a.listContacts)
	operation(api, huma.Operation{
		OperationID: "searchContacts", Method: http.MethodPost, Path: contactsPath + "/search", Tags: contactTag, Errors: errors,
		Summary:     "List the contacts a filter shows",
		Description: "The same as listing contacts, for filters of any length (C2-27, C2-38).",
	}, a.searchContacts)
	operation(api, huma.Operation{
		OperationID: "listInboxContacts", Method: http.MethodGet, Path: inboxesPath + "/{inbox}/contacts", Tags: inboxTag, Errors: errors,
		Summary:     "List the contacts an inbox shows",
		Description: "The same as listing contacts with inbox (C2-41).",
	}, a.listInboxContacts)
}

// Page is the part of a query that asks for a page of contacts. Huma only finds
// it if it is exported.
type Page struct {
	Search string           `query:"search" json:"search,omitempty" maxLength:"2000" doc:"Only contacts that are found by this: it is a part of their name, of a value, a tag or a channel identity, also of one that a contact had which was merged into them; in whatever case, with or without accents; numbers also as people write them (C2-20 to C2-26, C2-71)" example:"030 123"`
	Sort   projections.Sort `query:"sort" json:"sort,omitempty" doc:"name, created or last_interaction, with a leading - for the other way round; default: name"`
	Cursor string           `query:"cursor" json:"cursor,omitempty" doc:"next of the page before"`
	Limit  int              `query:"limit" json:"limit,omitempty" minimum:"1" maximum:"200" default:"50" doc:"How many a page"`
}

type contactList struct {
	Body struct {
		Contacts []projections.Contact `json:"contacts"`
		Next     string                `json:"next,omitempty" doc:"Cursor of the next page; none on the last one"`
	}
}

func (a *API) listContacts(ctx context.Context, in *struct {
	InSpace
	Since
	Page
	Inbox  inbox.ID `query:"inbox" doc:"Only contacts that this inbox shows"`
	Filter string   `query:"filter" doc:"Only contacts that this filter shows, in JSON, as inboxes have it"`
},
) (*contactList, error) {
	var filter inbox.Filter
	if in.Filter != "" {
		var err error
		if filter, err = readFilter(in.Filter); err != nil {
			return nil, err
		}
	}
	return a.contactPage(ctx, in.InSpace, in.Since, in.Page, in.Inbox, filter)
}

func (a *API) searchContacts(ctx context.Context, in *struct {
	InSpace
	Since
	Body struct {
		Page
		Filter inbox.Filter `json:"filter,omitzero" doc:"Only contacts that this shows; none shows all"`
	}
},
) (*contactList, error) {
	return a.contactPage(ctx, in.InSpace, in.Since, in.Body.Page, "", in.Body.Filter)
}

func (a *API) listInboxContacts(ctx context.Context, in *struct {
	InInbox
	Since
	Page
},
) (*contactList, error) {
	return a.contactPage(ctx, in.InSpace, in.Since, in.Page, in.Inbox, inbox.Filter{})
}

// contactPage is a page of the contacts that the filter shows and the inbox too,
// if there is one.
func (a *API) contactPage(ctx context.Context, in InSpace, since Since, page Page, box inbox.ID, filter inbox.Filter) (*contactList, error) {
	room, err := a.enter(ctx, in.Space, access.ListContacts)
	if err != nil {
		return nil, err
	}
	if err := filter.Check(room.Space, "/filter"); err != nil {
		return nil, err
	}
	if err := a.await(ctx, since, "contacts"); err != nil {
		return nil, err
	}
	if filter, err = a.within(ctx, room, box, filter); err != nil {
		return nil, err
	}
	var out contactList
	out.Body.Contacts, out.Body.Next, err = projections.ListContacts(ctx, a.DB, projections.ContactList{
		In: room.ID, Space: room.Space, Filter: filter, Search: page.Search, Sort: page.Sort, Cursor: page.Cursor, Limit: page.Limit,
	})
	return &out, err
}

// within narrows a filter to what an inbox shows.
func (a *API) within(ctx context.Context, room commands.Room, box inbox.ID, filter inbox.Filter) (inbox.Filter, error) {
	if box == "" {
		return filter, nil
	}
	saved, err := projections.OneInbox(ctx, a.DB, room.ID, issued(box))
	return inbox.Filter{All: []inbox.Filter{saved.Filter, filter}}, err
}

var errFilter = domain.Refuse(domain.Invalid, "filter_unreadable", "The filter is not one in JSON. It looks like {\"test\":{\"of\":\"city\",\"how\":\"is\",\"value\":\"Berlin\"}}.")

// readFilter reads a filter from a query.
func readFilter(text string) (filter inbox.Filter, err error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if d.Decode(&filter) != nil {
		return filter, errFilter.Where("/filter")
	}
	if _, err := d.Token(); err != io.EOF {
		return filter, errFilter.Where("/filter")
	}
	if err := unambiguous([]byte(text)); err != nil {
		return filter, errFilter.Where("/filter").Saying(err.Message)
	}
	return filter, nil
}
