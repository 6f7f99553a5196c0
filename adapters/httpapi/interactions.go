package httpapi

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain"
	"skein/domain/access"
	"skein/domain/conversation"
	"skein/projections"
)

func (a *API) interactions(api huma.API) {
	refusals := []int{http.StatusNotFound, http.StatusGone, http.StatusConflict}
	operation(api, huma.Operation{
		OperationID: "readMessages", Method: http.MethodGet, Path: oneContactPath + "/messages", Tags: conversationTag,
		Summary: "Read the messages with a contact",
		Description: "Messages, events and comments of everything the contact consists of as one history, in the order in which it happened, a page at a time (C2-12, C2-63 to C2-66). " +
			"Each says whose it is of those that were merged into the contact.",
		Errors: []int{http.StatusPermanentRedirect, http.StatusNotFound, http.StatusGone, http.StatusServiceUnavailable},
	}, a.readMessages)
	operation(api, huma.Operation{
		OperationID: "noteMessage", Method: http.MethodPost, Path: oneContactPath + "/messages", Tags: conversationTag,
		Summary:       "Note a message that went out",
		Description:   "Notes a message to the contact that was sent by a channel; it sends nothing. A message whose id was noted before is already so.",
		DefaultStatus: http.StatusCreated, Errors: refusals,
	}, a.noteMessage)
	operation(api, huma.Operation{
		OperationID: "addComment", Method: http.MethodPost, Path: oneContactPath + "/comments", Tags: conversationTag,
		Summary:       "Comment on a contact",
		Description:   "What somebody of the space says about the contact, for the space only. A comment whose id was noted before is already so: the text that came first stays.",
		DefaultStatus: http.StatusCreated, Errors: refusals,
	}, a.addComment)
	operation(api, huma.Operation{
		OperationID: "noteEvent", Method: http.MethodPost, Path: oneContactPath + "/events", Tags: conversationTag,
		Summary:       "Note what a contact did elsewhere",
		Description:   "A custom event, such as an order. An event whose id was noted before is already so.",
		DefaultStatus: http.StatusCreated, Errors: refusals,
	}, a.noteEvent)
	operation(api, huma.Operation{
		OperationID: "openConversation", Method: http.MethodPost, Path: oneContactPath + "/conversations/{channel}/open", Tags: conversationTag,
		Summary:     "Open a conversation",
		Description: "Opens the conversation with the contact on a channel, or goes on with one that was closed, also by a merge. A message opens it too.",
		Errors:      refusals,
	}, a.openConversation)
	operation(api, huma.Operation{
		OperationID: "closeConversation", Method: http.MethodPost, Path: oneContactPath + "/conversations/{channel}/close", Tags: conversationTag,
		Summary:     "Close a conversation",
		Description: "Closes the conversation with the contact on a channel, for a reason. The reason \"merge\" is that of conversations that a merge closed, and nobody else's (C2-67).",
		Errors:      refusals,
	}, a.closeConversation)
}

// Orders of messages.
const (
	newest = "newest"
	oldest = "oldest"
)

var (
	errOrder = domain.Refuse(domain.Invalid, "order_unknown", "Messages come in the order newest or oldest.")
	errKind  = domain.Refuse(domain.Invalid, "kind_unknown", "There is no such kind of interaction. The documentation lists them.")
)

type messageList struct {
	Body struct {
		Messages []projections.Interaction `json:"messages"`
		Next     string                    `json:"next,omitempty" doc:"Cursor of the next page; none: this is the last one"`
	}
}

func (a *API) readMessages(ctx context.Context, in *struct {
	InContact
	Since
	Kind   []string `query:"kind" doc:"Only these, such as message_received,message_sent; default: all"`
	Order  string   `query:"order" default:"newest" doc:"newest or oldest first"`
	Cursor string   `query:"cursor" doc:"From the page before"`
	Limit  int      `query:"limit" default:"50" minimum:"1" maximum:"200"`
},
) (*messageList, error) {
	room, err := a.see(ctx, in.InSpace, in.Since, access.ReadContact, "contacts")
	if err != nil {
		return nil, err
	}
	if in.Order != newest && in.Order != oldest {
		return nil, errOrder.Where("/order")
	}
	for _, kind := range in.Kind {
		if !slices.Contains(projections.InteractionKinds, kind) {
			return nil, errKind.Where("/kind")
		}
	}
	out := &messageList{}
	out.Body.Messages, out.Body.Next, err = projections.Interactions(ctx, a.DB, projections.InteractionList{
		In: room.ID, Of: issued(in.Contact), Kinds: in.Kind, Oldest: in.Order == oldest, Cursor: in.Cursor, Limit: in.Limit,
	})
	return out, err
}

type interacted struct {
	Recorded
	Body struct {
		ID conversation.MessageID `json:"id"`
	}
}

func interactedAs(id conversation.MessageID, at domain.Position, err error) (*interacted, error) {
	out := &interacted{Recorded: Recorded{at}}
	out.Body.ID = id
	return out, err
}

func (a *API) noteMessage(ctx context.Context, in *struct {
	InContact
	Body struct {
		ID       conversation.MessageID `json:"id,omitempty" doc:"Tells the message from all others of the space; default: a new one"`
		Channel  string                 `json:"channel" doc:"Key of the channel" example:"email"`
		Identity string                 `json:"identity,omitempty" doc:"Where it went; default: where the contact was in touch last on the channel" example:"ada@example.org"`
		Subject  string                 `json:"subject,omitempty"`
		Text     string                 `json:"text,omitempty"`
		At       time.Time              `json:"at,omitempty" doc:"When it was sent, at most a day ahead; default: now"`
	}
},
) (*interacted, error) {
	room, err := a.enter(ctx, in.Space, access.Converse)
	if err != nil {
		return nil, err
	}
	return interactedAs(a.Commands.Send(ctx, by(ctx), room, issued(in.Contact), conversation.Send{
		Message: in.Body.ID, Channel: in.Body.Channel, Identity: in.Body.Identity, Subject: in.Body.Subject, Text: in.Body.Text, At: in.Body.At,
	}))
}

func (a *API) addComment(ctx context.Context, in *struct {
	InContact
	Body struct {
		ID   conversation.MessageID `json:"id,omitempty" doc:"Tells the comment from all others of the space; default: a new one"`
		Text string                 `json:"text" example:"Likes tea."`
	}
},
) (*interacted, error) {
	room, err := a.enter(ctx, in.Space, access.Converse)
	if err != nil {
		return nil, err
	}
	return interactedAs(a.Commands.Comment(ctx, by(ctx), room, issued(in.Contact), conversation.Comment{Comment: in.Body.ID, Text: in.Body.Text}))
}

func (a *API) noteEvent(ctx context.Context, in *struct {
	InContact
	Body struct {
		ID       conversation.MessageID `json:"id,omitempty" doc:"Tells the event from all others of the space; default: a new one"`
		Name     string                 `json:"name" example:"ordered"`
		Data     map[string]string      `json:"data,omitempty" example:"{\"tea\":\"Assam\"}"`
		Channel  string                 `json:"channel,omitempty" doc:"By which it is known, if by one; then the identity too"`
		Identity string                 `json:"identity,omitempty"`
		At       time.Time              `json:"at,omitempty" doc:"When it happened, at most a day ahead; default: now"`
	}
},
) (*interacted, error) {
	room, err := a.enter(ctx, in.Space, access.Converse)
	if err != nil {
		return nil, err
	}
	return interactedAs(a.Commands.NoteEvent(ctx, by(ctx), room, issued(in.Contact), conversation.NoteEvent{
		Event: in.Body.ID, Name: in.Body.Name, Data: in.Body.Data, Channel: in.Body.Channel, Identity: in.Body.Identity, At: in.Body.At,
	}))
}

// InConversation is the part of a path that names a conversation. Huma only finds it if
// it is exported.
type InConversation struct {
	InContact
	Channel string `path:"channel" doc:"Key of the channel"`
}

func (a *API) openConversation(ctx context.Context, in *InConversation) (*Recorded, error) {
	room, err := a.enter(ctx, in.Space, access.Converse)
	if err != nil {
		return nil, err
	}
	at, err := a.Commands.OpenConversation(ctx, by(ctx), room, issued(in.Contact), in.Channel)
	return &Recorded{at}, err
}

func (a *API) closeConversation(ctx context.Context, in *struct {
	InConversation
	Body struct {
		Reason string `json:"reason" doc:"1 to 100 characters" example:"answered"`
	}
},
) (*Recorded, error) {
	room, err := a.enter(ctx, in.Space, access.Converse)
	if err != nil {
		return nil, err
	}
	at, err := a.Commands.CloseConversation(ctx, by(ctx), room, issued(in.Contact), in.Channel, in.Body.Reason)
	return &Recorded{at}, err
}
