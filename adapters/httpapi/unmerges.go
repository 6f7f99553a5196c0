package httpapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"skein/commands"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/projections"
)

const mergePath = "/v1/spaces/{space}/merges/{merge}"

func (a *API) unmerges(api huma.API) {
	refusals := []int{http.StatusNotFound, http.StatusGone, http.StatusConflict}
	operation(api, huma.Operation{
		OperationID: "previewUnmerge", Method: http.MethodPost, Path: oneContactPath + "/unmerge/preview", Tags: mergeTag, Errors: refusals,
		Summary: "See what taking this contact out of the one that absorbed it would come to",
		Description: "Both contacts as they would be, what falls back and what stays because it was said since, values that somebody else has, conversations, interactions since the merge, and what goes along (C2-74, C2-78, D2-3 to D2-8). Nothing is done. " +
			"The token is there once every collision has a resolution. Sent along with the unmerge, it sees to it that exactly this is done, or nothing: preview_differs if something else is asked, preview_stale once one of the contacts has changed. Messages that arrive change none of it.",
	}, a.previewUnmerge)
	operation(api, huma.Operation{
		OperationID: "unmergeContact", Method: http.MethodPost, Path: oneContactPath + "/unmerge", Tags: mergeTag, Errors: refusals,
		Summary: "Take this contact out of the one that absorbed it",
		Description: "This contact stands alone again, exactly as its own history says; its survivor is as if it had never been merged, but for what was changed since (C2-70 to C2-78). The next message on its channels reaches it (C2-76). " +
			"A contact that comes back is let into a space that is full (D2-6). Asked twice, it is so already (D2-1). What another system had merged before cannot be undone for want of a history: split it (D2-11).",
	}, a.unmergeContact)
	operation(api, huma.Operation{
		OperationID: "undoMerge", Method: http.MethodPost, Path: mergePath + "/undo", Tags: mergeTag, Errors: refusals,
		Summary:     "Undo a merge, or a batch of them, by its id",
		Description: "Undoes the merge, or all that were asked for at once, the last one first: all of them or none (D1-17, D2-1).",
	}, a.undoMerge)
}

// Parting is how a contact is to be taken out. Huma only finds it if it is exported.
type Parting struct {
	Alone         bool                           `json:"alone,omitempty" doc:"Leaves what it had absorbed with its survivor; else that comes along (D2-2)"`
	Undecided     bool                           `json:"undecided,omitempty" doc:"Does not remember the two as different people (D2-13)"`
	Conversations contact.Talks                  `json:"conversations,omitempty" doc:"reopened, or closed as the merge left them; left out, those are reopened that nobody went on with since (D2-8)"`
	Interactions  commands.Goes                  `json:"interactions,omitempty" doc:"Those since the merge: by_identity takes those along that its own identities carried, listed those of the list; left out, all stay with the survivor (C2-75, D2-3)"`
	Listed        []contact.Ref                  `json:"listed,omitempty" doc:"Interactions, by sort and id" example:"[\"message 5f0c\"]"`
	Resolutions   map[string]commands.Resolution `json:"resolutions,omitempty" doc:"By field, or @channel:identity, which two contacts would have: leave_off, and it comes back without, or move, and its survivor loses it (D2-5)"`
	Reason        string                         `json:"reason,omitempty" doc:"Why, for people: at most 200 characters on one line"`
}

type partingToken struct {
	Parting
	Token string `json:"token,omitempty" doc:"Of the preview; without one, whatever the unmerge comes to is done"`
}

func (p *Parting) asked() commands.Parting {
	if p == nil {
		return commands.Parting{}
	}
	return commands.Parting{
		Alone: p.Alone, Undecided: p.Undecided, Talks: p.Conversations, Interactions: p.Interactions,
		Listed: p.Listed, Resolutions: p.Resolutions, Reason: p.Reason,
	}
}

type lost struct {
	Contact contact.ID `json:"contact" doc:"Who goes without it"`
	Field   string     `json:"field" doc:"A field, or @channel:identity"`
}

type standingAlone struct {
	Recorded
	Body struct {
		ID              contact.ID   `json:"id,omitempty"`
		AlreadyReversed bool         `json:"already_reversed,omitempty" doc:"There was nothing left to undo"`
		Changed         []contact.ID `json:"changed_meanwhile,omitempty" doc:"Contacts that were changed at this very moment, so that the preview did not show it"`
		Lost            []lost       `json:"lost_meanwhile,omitempty" doc:"Values that were given to somebody at this very moment, and that nobody of the two can have beside the other"`
	}
}

func (a *API) unmergeContact(ctx context.Context, in *struct {
	InContact
	Body *partingToken // none: {}
},
) (*standingAlone, error) {
	room, err := a.enter(ctx, in.Space, access.UnmergeContacts)
	if err != nil {
		return nil, err
	}
	var how commands.Parting
	if in.Body != nil {
		how = in.Body.asked()
		how.Token = in.Body.Token
	}
	parted, err := a.Commands.UnmergeContact(ctx, by(ctx), room, issued(in.Contact), how)
	if err != nil {
		return nil, err
	}
	return partedAs(in.Contact, parted), nil
}

func partedAs(id contact.ID, parted commands.Parted) *standingAlone {
	out := &standingAlone{Recorded: Recorded{parted.At}}
	out.Body.ID, out.Body.AlreadyReversed, out.Body.Changed = id, parted.AlreadyReversed, parted.Changed
	for _, one := range parted.Lost {
		out.Body.Lost = append(out.Body.Lost, lost(one))
	}
	return out
}

func (a *API) undoMerge(ctx context.Context, in *struct {
	InSpace
	Merge contact.MergeID `path:"merge" doc:"Id of a merge, or of a batch"`
	Body  *Parting
},
) (*standingAlone, error) {
	room, err := a.enter(ctx, in.Space, access.UnmergeContacts)
	if err != nil {
		return nil, err
	}
	if err := a.upToDate(ctx, "contacts"); err != nil {
		return nil, err
	}
	id := issued(in.Merge)
	merges, err := projections.MergeByID(ctx, a.DB, room.ID, id)
	if err != nil {
		return nil, err
	}
	requestOf(ctx).about.Merge = shaped(in.Merge)
	var absorbed []contact.ID
	for _, m := range merges { // one that was undone and merged again is there twice
		if !slices.Contains(absorbed, m.Absorbed) {
			absorbed = append(absorbed, m.Absorbed)
		}
	}
	parted, err := a.Commands.UndoMerge(ctx, by(ctx), room, id, absorbed, in.Body.asked())
	if err != nil {
		return nil, err
	}
	return partedAs("", parted), nil
}

// upToDate returns once the projections show all that was recorded by now.
func (a *API) upToDate(ctx context.Context, projections ...string) error {
	end, err := a.Ready(ctx)
	if err != nil {
		return err
	}
	return a.await(ctx, Since{MinPosition: end}, projections...)
}
