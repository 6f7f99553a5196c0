package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/inbox"
	"skein/projections"
)

const changesPath = "/v1/spaces/{space}/changes"

// largestPage is about how many bytes of events a page has at most.
const largestPage = 1 << 20

func (a *API) changes(api huma.API) {
	a.retold.Kin = a.kin
	errors := []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable}
	operation(api, huma.Operation{
		OperationID: "listChanges", Method: http.MethodGet, Path: changesPath, Tags: changeTag, Errors: errors,
		Summary: "Wait for what happens in a space",
		Description: "What happened in the space after a position, in the order of the journal: to contacts, in conversations, to inboxes and to the space itself. " +
			"If nothing did, the answer waits until something does, for as many seconds as wait says, and is an empty page at last. " +
			"Ask again with next as after: so nothing is missed and nothing comes twice, whatever fails in between. " + tellsOfMerges,
	}, a.listChanges)
	operation(api, huma.Operation{
		OperationID: "streamChanges", Method: http.MethodGet, Path: changesPath + "/stream", Tags: changeTag, Errors: errors,
		Summary: "Follow what happens in a space", Responses: text("text/event-stream"),
		Description: "The same as listChanges as server-sent events (WHATWG HTML, section 9.2): id is the position, event the kind, data a change as listChanges has it. " +
			"Whoever was cut off sends the last id as Last-Event-ID and is told of all since, once. An id that comes alone says that nothing else happened up to there. A comment every 15 seconds shows that the stream lives. " +
			"The stream ends within two seconds when whoever follows may not do so any more (D5-3), when the server stops, and for whoever takes nothing for ten seconds. " + tellsOfMerges,
	}, a.streamChanges)
}

// tellsOfMerges says what is told of merges.
const tellsOfMerges = "A merge is one change, contact.merged, and its undoing contact.unmerged, each with both contacts as they are told after it (D2-16): nothing is told of fields or conversations because of it (D1-12). " +
	"One credential has at most 16 of these open at once: one more is refused with 429."

// change is something that happened in a space, as it is sent.
type change struct {
	Position domain.Position `json:"position"`
	At       time.Time       `json:"at"`
	Kind     string          `json:"kind" doc:"unreadable: something that this version does not know" example:"contact.merged"`
	Contact  contact.ID      `json:"contact,omitempty" doc:"To whom it happened, if to one; of a merge the absorbed one"`
	Inbox    inbox.ID        `json:"inbox,omitempty" doc:"To which inbox it happened, if to one"`
	By       struct {
		Actor domain.Actor `json:"actor" doc:"Who asked for it; system:… is a part of the system"`
	} `json:"by"`
	Cause string          `json:"cause,omitempty" doc:"merge or unmerge: why the contacts of after are others than they were"`
	Data  json.RawMessage `json:"data,omitempty" doc:"The event itself"`
	After []toldAs        `json:"after,omitempty" doc:"Of a merge and its undoing: the absorbed contact, its survivor, and whatever that is a part of itself, as they are after it"`
}

// toldAs is a contact as it was told at some time.
type toldAs struct {
	projections.FullContact
	PartOf  contact.ID `json:"part_of,omitempty" doc:"The contact in which it is seen; none: it stands alone"`
	Deleted bool       `json:"deleted,omitempty"`
}

// causes are what makes contacts others than they were though nobody changed them.
var causes = map[string]string{contact.Merged{}.Kind(): "merge", contact.Unmerged{}.Kind(): "unmerge"}

func changeOf(c commands.Change) (change, error) {
	out := change{Position: c.Position, At: c.At, Kind: "unreadable", Contact: c.Contact}
	out.By.Actor = c.By.Actor
	if c.Stream.Category() == "inbox" {
		_, id := c.Stream.Parts()
		out.Inbox = inbox.ID(id)
	}
	if c.Event == nil {
		return out, nil
	}
	data, err := json.Marshal(c.Event)
	out.Kind, out.Cause, out.Data = c.Kind(), causes[c.Kind()], data
	for _, id := range c.After.IDs {
		one := toldAs{FullContact: projections.Full(c.After.Family, id), Deleted: c.After.Family.Own(id).Deleted > 0}
		one.Position = c.Position
		if root := c.After.Family.Root(id); root != id {
			one.PartOf = root
		}
		out.After = append(out.After, one)
	}
	return out, err
}

type changePage struct {
	Body struct {
		Changes []change        `json:"changes"`
		Next    domain.Position `json:"next" doc:"What to send as after next time"`
	}
}

func (a *API) listChanges(ctx context.Context, in *struct {
	InSpace
	After domain.Position `query:"after" doc:"Only what happened after this position; 0: all"`
	Wait  int             `query:"wait" minimum:"0" maximum:"60" default:"30" doc:"How many seconds to wait for news"`
	Limit int             `query:"limit" minimum:"1" maximum:"200" default:"100" doc:"How many changes a page; there are fewer if they are large"`
},
) (*changePage, error) {
	l, err := a.listen(ctx, in.Space, in.After)
	if err != nil {
		return nil, err
	}
	defer l.end()
	out := &changePage{}
	out.Body.Changes, out.Body.Next = []change{}, in.After
	wait := time.Duration(in.Wait) * time.Second
	waited, atMost := time.NewTimer(wait), time.NewTimer(max(wait, cmp.Or(a.Patience, 5*time.Second)))
	defer waited.Stop()
	defer atMost.Stop()
	long, size := false, 0
	answer := func() (*changePage, error) { return out, l.check(ctx) }
	for {
		select {
		case h, more := <-l.heard:
			if !more {
				return out, l.why()
			}
			if out.Body.Next = h.Position; h.text != nil {
				out.Body.Changes = append(out.Body.Changes, h.change)
				size += len(h.text)
			}
			n := len(out.Body.Changes)
			if n == in.Limit || size >= largestPage || l.current(h.Position) && len(l.heard) == 0 && (n > 0 || long) {
				return answer()
			}
		case <-waited.C:
			if long = true; l.current(out.Body.Next) {
				return answer()
			}
		case <-atMost.C:
			return answer()
		case <-l.beat.C:
			if err := l.check(ctx); err != nil {
				return nil, err
			}
		}
	}
}
