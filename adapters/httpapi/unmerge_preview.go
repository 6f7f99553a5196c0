package httpapi

import (
	"context"

	"skein/commands"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/projections"
)

type partingPreview struct {
	Body struct {
		Survivor   projections.FullContact `json:"survivor" doc:"As it would be"`
		Absorbed   projections.FullContact `json:"absorbed" doc:"As it would come back"`
		Falls      []fall                  `json:"falls_back" doc:"What the survivor would show differently (C2-78)"`
		Kept       []contact.Slot          `json:"kept" doc:"What it would go on to show, since it was said after the merge (D2-4)"`
		Collisions []collision             `json:"collisions" doc:"Values that two contacts would have (D2-5)"`
		Carried    []carried               `json:"interactions" doc:"Those since the merge, by who had them and what carried them (D2-3)"`
		Reopens    []string                `json:"conversations_reopened" doc:"Channels (D2-8)"`
		Closed     []string                `json:"conversations_closed"`
		Along      []contact.ID            `json:"along" doc:"What comes along (D2-2)"`
		Stay       []contact.ID            `json:"stay" doc:"What it had absorbed and would leave with the survivor"`
		Fields     []string                `json:"fields_unknown" doc:"Fields it has and the space does not know any more (D2-7)"`
		Assignee   string                  `json:"assignee_gone,omitempty" doc:"Its assignee, who is no user of the space (D2-7)"`
		Limited    bool                    `json:"restored_beyond_limit" doc:"The number of contacts is limited here; one that comes back is let in all the same (D2-6)"`
		Token      string                  `json:"token,omitempty" doc:"To be sent along with the unmerge; none, while a collision has no resolution"`
	}
}

type fall struct {
	Slot contact.Slot `json:"slot" doc:"A field, #tag or @channel:identity"`
	From string       `json:"from"`
	To   string       `json:"to"`
}

type collision struct {
	Field       string                `json:"field" doc:"Or @channel:identity"`
	Holder      contact.ID            `json:"holder" doc:"Who has the value too"`
	Resolutions []commands.Resolution `json:"resolutions" doc:"What can be chosen; none: the holder has to change it first"`
}

type carried struct {
	Contact  contact.ID `json:"contact" doc:"With whom they were noted"`
	Channel  string     `json:"channel,omitempty" doc:"None: comments and the like, which nothing carried"`
	Identity string     `json:"identity,omitempty"`
	Count    int        `json:"count"`
	Goes     int        `json:"goes" doc:"How many of them would come along"`
}

func (a *API) previewUnmerge(ctx context.Context, in *struct {
	InContact
	Body *Parting
},
) (*partingPreview, error) {
	room, err := a.enter(ctx, in.Space, access.UnmergeContacts)
	if err != nil {
		return nil, err
	}
	id := issued(in.Contact)
	p, err := a.Commands.PreviewUnmerge(ctx, room, id, in.Body.asked())
	if err != nil {
		return nil, err
	}
	out := &partingPreview{}
	out.Body.Survivor, out.Body.Absorbed = foreseen(&p.After, p.ID), foreseen(&p.After, id)
	out.Body.Falls, out.Body.Collisions, out.Body.Carried = []fall{}, []collision{}, []carried{}
	for _, f := range p.Falls {
		out.Body.Falls = append(out.Body.Falls, fall{f.Slot, f.From.Text, f.To.Text})
	}
	for _, c := range p.Collisions {
		out.Body.Collisions = append(out.Body.Collisions, collision{c.Field, c.Holder, c.Offers()})
	}
	for _, c := range p.Carried {
		out.Body.Carried = append(out.Body.Carried, carried{c.Noted, c.Identity.Channel, c.Identity.Of, c.Count, c.Goes})
	}
	out.Body.Kept, out.Body.Along, out.Body.Stay = listed(p.Kept), listed(p.Along), listed(p.Stay)
	out.Body.Reopens, out.Body.Closed, out.Body.Fields = listed(p.Reopens), listed(p.Closed), listed(p.Fields)
	out.Body.Assignee, out.Body.Limited, out.Body.Token = p.Assignee, p.Limited, p.Token
	return out, nil
}

// foreseen is a contact as it would be. What would only happen then has no position yet.
func foreseen(f *contact.Family, id contact.ID) projections.FullContact {
	full := projections.Full(f, id)
	for i, c := range full.Conversations {
		if c.Position > 1<<62 {
			full.Conversations[i].Position = 0
		}
	}
	return full
}

// listed is a list that is there even if it is empty.
func listed[T any](all []T) []T { return append([]T{}, all...) }
