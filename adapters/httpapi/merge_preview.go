package httpapi

import (
	"context"

	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/projections"
)

// mergePreview is what a merge would make of two contacts, as it is sent.
type mergePreview struct {
	Survivor   previewed     `json:"survivor" doc:"As it is"`
	Absorbed   previewed     `json:"absorbed" doc:"As it is"`
	Merged     previewed     `json:"merged" doc:"The survivor as it would be"`
	Fields     []joinedField `json:"fields" doc:"Of all that either of them has"`
	United     united        `json:"united" doc:"What the survivor has of the absorbed contact's beside its own"`
	MustChoose []string      `json:"must_choose" doc:"Fields of which one value has to be chosen before the two can be merged: both have one, and it names one contact only"`
	Moves      moving        `json:"moves" doc:"What is seen with the survivor afterwards. None of it is lost to the absorbed contact: an unmerge gives it back"`
	Closes     []string      `json:"conversations_closed" doc:"Channels on which both have an open conversation: the absorbed contact's is closed, with the reason merge, and nothing is triggered by it (C2-67)"`
	Distinct   bool          `json:"distinct" doc:"Somebody judged that the two are different people, or took them apart after a merge: think twice (D1-20)"`
	Token      string        `json:"token,omitempty" doc:"To be sent with the merge; none as long as something has to be chosen"`
}

// previewed is a contact in a preview.
type previewed struct {
	projections.Contact
	Position      *domain.Position           `json:"position,omitempty" hidden:"true"` // not even of what there is
	Conversations []projections.Conversation `json:"conversations"`
}

type joinedField struct {
	Field    string     `json:"field"`
	Survivor string     `json:"survivor" doc:"Its value; empty: none"`
	Absorbed string     `json:"absorbed"`
	Merged   string     `json:"merged"`
	Why      string     `json:"why" doc:"chosen, filled (the survivor has none), or the rule of the field: keep, newest, sum, max, min, any, all, union" example:"filled"`
	From     contact.ID `json:"from,omitempty" doc:"Whose value it is, or that of the contact which said so first; none: it is made of both, or there is none"`
}

type united struct {
	Tags       []string           `json:"tags"`
	Identities []contact.Identity `json:"identities"`
}

type moving struct {
	Contacts     []contact.ID                 `json:"contacts" doc:"What the absorbed contact has absorbed itself"`
	Interactions projections.InteractionCount `json:"interactions"`
}

type mergePreviewed struct {
	Body mergePreview
}

func (a *API) previewMerge(ctx context.Context, in *struct {
	InContact
	Body struct {
		Absorb  contact.ID `json:"absorb" doc:"Id of the contact that is to become a part of this one"`
		Choices choices    `json:"choices,omitempty" doc:"By field: survivor, absorbed or cleared" example:"{\"phone\":\"absorbed\"}"`
	}
},
) (*mergePreviewed, error) {
	room, err := a.enter(ctx, in.Space, access.MergeContacts)
	if err != nil {
		return nil, err
	}
	survivor, absorbed := issued(in.Contact), issued(in.Body.Absorb)
	p, err := a.Commands.PreviewMerge(ctx, room, survivor, absorbed, contact.Absorb{Choices: in.Body.Choices})
	if err != nil {
		return nil, a.whichOne(ctx, room, survivor, err)
	}
	out := shownPreview(p, survivor, absorbed)
	out.Moves.Interactions, err = projections.CountInteractions(ctx, a.DB, room.ID, p.Before.Within(absorbed))
	return &mergePreviewed{out}, err
}

func shownPreview(p commands.MergePreview, survivor, absorbed contact.ID) mergePreview {
	out := mergePreview{
		Survivor: previewOf(p.Before, survivor), Absorbed: previewOf(p.Before, absorbed), Merged: previewOf(p.After, survivor),
		Fields: []joinedField{}, United: united{[]string{}, []contact.Identity{}},
		MustChoose: some(p.Clash), Closes: some(p.Closes), Distinct: p.Distinct, Token: p.Token,
		Moves: moving{Contacts: some(p.Along)},
	}
	for _, j := range p.Slots {
		gained := j.Survivor.Text == "" && j.Merged.Text != ""
		if field, is := j.Slot.Field(); is {
			out.Fields = append(out.Fields, joinedOf(field, j, survivor))
		} else if tag, is := j.Slot.Tag(); is && gained {
			out.United.Tags = append(out.United.Tags, tag)
		} else if i, is := j.Slot.Identity(); is && gained {
			out.United.Identities = append(out.United.Identities, i)
		}
	}
	return out
}

func joinedOf(field string, j contact.Joined, survivor contact.ID) joinedField {
	shown := joinedField{Field: field, Survivor: j.Survivor.Text, Absorbed: j.Absorbed.Text, Merged: j.Merged.Text, Why: j.Why}
	if j.Merged.Text != "" && j.Merged.Of == nil {
		shown.From = j.Merged.By(survivor)
	}
	return shown
}

func previewOf(f *contact.Family, id contact.ID) previewed {
	full := projections.Full(f, id)
	return previewed{Contact: full.Contact, Conversations: full.Conversations}
}

// some is all, which is not null in JSON when there is nothing.
func some[T any](all []T) []T { return append([]T{}, all...) }
