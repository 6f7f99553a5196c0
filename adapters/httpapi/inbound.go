package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"skein/commands"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/domain/conversation"
)

func (a *API) inbound(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "receiveMessage", Method: http.MethodPost, Path: channelsPath + "/{channel}/inbound", Tags: channelTag,
		Summary: "Bring a message from a contact",
		Description: "The identity leads to its contact, also after merges and unmerges (C2-76, D1-13). An unknown sender becomes a contact, with what the channel tells of the profile (C2-8). " +
			"While the contact limit allows no more of them, the message waits instead, is counted, and is taken up by itself when there is room: the answer is 202 (C0-22). " +
			"A message whose id was brought before is already so, however often it is sent.",
		Errors: []int{http.StatusNotFound, http.StatusConflict},
		Responses: map[string]*huma.Response{
			"202": {Description: "It waits for room in the space", Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Ref: "#/components/schemas/HeardBody"}}}},
		},
	}, a.receiveMessage)
}

// HeardBody is what became of a message.
type HeardBody struct {
	ID         conversation.MessageID `json:"id"`
	Contact    contact.ID             `json:"contact,omitempty" doc:"Who it is from; none: it waits"`
	Created    bool                   `json:"created" doc:"Whether the sender became a contact by it"`
	TurnedAway bool                   `json:"turned_away" doc:"Whether it waits for room in the space"`
}

type brought struct {
	Recorded
	Status int
	Body   HeardBody
}

func (a *API) receiveMessage(ctx context.Context, in *struct {
	InSpace
	Channel string `path:"channel" doc:"Key of the channel"`
	Body    struct {
		ID       conversation.MessageID `json:"id,omitempty" doc:"Tells the message from all others of the space, wherever it is found; default: a new one" example:"wamid.5f0c"`
		Identity string                 `json:"identity" doc:"Who sent it, as the channel knows them" example:"+49 30 123456"`
		Name     string                 `json:"name,omitempty" doc:"In the sender's profile on the channel" example:"Ada Lovelace"`
		Image    string                 `json:"image,omitempty" doc:"Address of the profile's image" example:"https://example.org/ada.png"`
		Subject  string                 `json:"subject,omitempty"`
		Text     string                 `json:"text,omitempty" example:"With milk, please."`
		At       time.Time              `json:"at,omitempty" doc:"When it was sent, at most a day ahead; default: now"`
	}
},
) (*brought, error) {
	room, err := a.enter(ctx, in.Space, access.Converse)
	if err != nil {
		return nil, err
	}
	done, err := a.Commands.Hear(ctx, by(ctx), room, commands.Inbound{
		Message: in.Body.ID, Channel: in.Channel, Identity: in.Body.Identity, Name: in.Body.Name, Image: in.Body.Image,
		Subject: in.Body.Subject, Text: in.Body.Text, At: in.Body.At,
	})
	if err != nil {
		return nil, err
	}
	out := &brought{Recorded: Recorded{done.Position}, Status: http.StatusOK}
	if done.TurnedAway {
		out.Status = http.StatusAccepted
	}
	out.Body = HeardBody{done.Message, done.Contact, done.Created, done.TurnedAway}
	return out, nil
}
