package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain/access"
	"skein/domain/space"
)

const channelsPath = "/v1/spaces/{space}/channels"

func (a *API) channels(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "addChannel", Method: http.MethodPost, Path: channelsPath, Tags: channelTag,
		Summary:     "Add a channel",
		Description: "Contacts and the space are in touch by it from now on. The same channel added again is already so. Every space has the channel email, which its mailboxes bring mail by.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}, a.addChannel)
	operation(api, huma.Operation{
		OperationID: "listChannels", Method: http.MethodGet, Path: channelsPath, Tags: channelTag,
		Summary:     "List the channels of a space",
		Description: "By what contacts and the space are in touch: email, and then its own. It is read from the journal and never behind.",
		Errors:      []int{http.StatusNotFound},
	}, a.listChannels)
	a.inbound(api)
}

func (a *API) addChannel(ctx context.Context, in *struct {
	InSpace
	Body struct {
		Key        string     `json:"key" doc:"For programs, for ever: lower case letters, digits and underscores" example:"whatsapp"`
		Name       string     `json:"name,omitempty" doc:"For people; default: the key" example:"WhatsApp"`
		Identities space.Type `json:"identities,omitempty" doc:"How somebody is known there: email, phone or id, which is the default" example:"phone"`
	}
},
) (*Recorded, error) {
	room, err := a.enter(ctx, in.Space, access.ManageChannels)
	if err != nil {
		return nil, err
	}
	at, err := a.Commands.Space(ctx, by(ctx), room, space.AddChannel(in.Body))
	return &Recorded{at}, err
}

type channelList struct {
	Body struct {
		Channels []space.Channel `json:"channels"`
	}
}

func (a *API) listChannels(ctx context.Context, in *struct{ InSpace }) (*channelList, error) {
	room, err := a.enter(ctx, in.Space, access.LookAround)
	if err != nil {
		return nil, err
	}
	out := &channelList{}
	mail, _ := room.Space.Channel(space.Mail)
	out.Body.Channels = append([]space.Channel{mail}, room.Space.Channels...)
	return out, nil
}
