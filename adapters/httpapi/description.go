package httpapi

import (
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// tokens is how operations are opened.
var tokens = []map[string][]string{{"token": {}}}

// What operations are about.
var (
	organizationTag = []string{"Organizations"}
	spaceTag        = []string{"Spaces"}
	credentialTag   = []string{"Credentials"}
	fieldTag        = []string{"Fields"}
	channelTag      = []string{"Channels"}
	contactTag      = []string{"Contacts"}
	conversationTag = []string{"Conversations"}
	mergeTag        = []string{"Merges and history"}
	changeTag       = []string{"Changes"}
	inboxTag        = []string{"Inboxes"}
	mailboxTag      = []string{"Mailboxes"}
	auditTag        = []string{"Audit log"}
	operationTag    = []string{"Operation"}
)

// description is what the document says of the API besides its operations.
func (a *API) description() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:   "Skein",
				Version: a.Version,
				Description: "Contacts of many organizations, wound together and unwound again.\n\n" +
					"Commands answer with the header Journal-Position. A query with that number as Min-Position shows what the command did. " +
					"What is refused is a problem (RFC 9457) whose code stays the same for ever. Every answer has an X-Request-Id; send your own to find it in the history.",
			},
			Servers: []*huma.Server{{URL: "/"}},
			Tags: []*huma.Tag{
				{Name: organizationTag[0], Description: "The customers: members, plans, modules"},
				{Name: spaceTag[0], Description: "The rooms of an organization"},
				{Name: credentialTag[0], Description: "What people and programs prove with who they are"},
				{Name: fieldTag[0], Description: "What contacts of a space can have values of"},
				{Name: channelTag[0], Description: "By what contacts and a space are in touch, and what comes by it"},
				{Name: contactTag[0], Description: "Those a space is in touch with"},
				{Name: conversationTag[0], Description: "What is said and done between contacts and a space"},
				{Name: mergeTag[0], Description: "Finding out that two contacts are one, or that one of them is two, and what happened to them"},
				{Name: changeTag[0], Description: "What happens in a space, as it happens"},
				{Name: inboxTag[0], Description: "Saved filters over contacts, which keep themselves"},
				{Name: mailboxTag[0], Description: "Mail accounts whose mail contacts are met by"},
				{Name: auditTag[0], Description: "Who did what, and who tried to"},
				{Name: operationTag[0], Description: "For those who run it"},
			},
			Components: &huma.Components{SecuritySchemes: map[string]*huma.SecurityScheme{
				"token": {Type: "http", Scheme: "bearer", Description: "A token that begins with skn_, or one of the OpenID Connect issuer that the installation trusts, if it does"},
			}},
		},
		Formats:                      map[string]huma.Format{"application/json": strictJSON, "json": strictJSON},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	}
}

// text is the answers of an operation that answers with a text.
func text(kind string) map[string]*huma.Response {
	return map[string]*huma.Response{"200": {
		Description: http.StatusText(http.StatusOK),
		Content:     map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: "string"}}},
	}}
}

// problems are the answers of an operation that refuses with a status.
func problems(statuses ...int) map[string]*huma.Response {
	answers := map[string]*huma.Response{}
	for _, status := range statuses {
		answers[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status),
			Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}}},
		}
	}
	return answers
}
