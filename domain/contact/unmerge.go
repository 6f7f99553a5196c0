package contact

import (
	"slices"
	"time"

	"skein/domain"
)

// Unmerge lets an absorbed contact stand alone again, with whatever it had
// absorbed itself. Asked twice it is already so (D2-1).
type Unmerge struct {
	Alone     bool   // what it had absorbed stays with its survivor (D2-2)
	Void      bool   // the merge never counted, which says nothing about the two
	Undecided bool   // the two are not remembered as different people (D2-13)
	Talks     Talks  // what becomes of its conversations that were open
	Without   []Slot // values it comes back without, because they are somebody else's now (D2-5)
	Take      Taken  // interactions since the merge that it takes along
	Reason    string // what people say why, on one line; empty: nothing
}

// Talks is what becomes of the conversations of a contact that comes back which were
// open when it was merged, whether the merge closed them or its survivor had none (D2-8).
type Talks string

const (
	Untouched Talks = ""         // they are open again, unless somebody went on with them at the survivor
	Reopen    Talks = "reopened" // they are open again
	Close     Talks = "closed"   // those that the merge closed stay so, and those that somebody went on with
)

var errTalks = domain.Refuse(domain.Invalid, "conversations_unknown", "Conversations are reopened or stay closed; leave it out to reopen those that nobody went on with.")

var errNotMerged = domain.Refuse(domain.Conflict, "contact_not_merged", "The contact was never merged into another one, so there is nothing to undo.")

func (cmd Unmerge) decide(c Contact) ([]Event, error) {
	switch {
	case c.Created.IsZero():
		return nil, ErrUnknown
	case c.Merge.Into != "":
	case c.Apart != "":
		return nil, nil
	default:
		return nil, errNotMerged
	}
	reason, err := reasoned(cmd.Reason)
	if err != nil {
		return nil, err
	}
	if cmd.Talks != Untouched && cmd.Talks != Reopen && cmd.Talks != Close {
		return nil, errTalks.Where("/conversations")
	}
	var events []Event
	if len(cmd.Without) > 0 {
		events = append(events, without(cmd.Without))
	}
	events = append(events, Unmerged{Survivor: c.Merge.Into, Merge: c.Merge.ID, Alone: cmd.Alone, Undecided: cmd.Undecided || cmd.Void, Talks: cmd.Talks, Reason: reason})
	if !cmd.Take.empty() {
		events = append(events, InteractionsTaken(cmd.Take))
	}
	return events, nil
}

func without(slots []Slot) Edited {
	says := make(map[Slot]string, len(slots))
	for _, slot := range slots {
		says[slot] = ""
	}
	return Edited{Says: says}
}

// Forgo lets a contact do without values, whether it stands or is a part of another
// one, because they are somebody else's once the two are apart (D2-5).
type Forgo struct{ Slots []Slot }

func (cmd Forgo) decide(c Contact) ([]Event, error) {
	switch {
	case c.Created.IsZero():
		return nil, ErrUnknown
	case c.Deleted > 0:
		return nil, ErrDeleted
	case len(cmd.Slots) == 0:
		return nil, nil
	}
	return []Event{without(cmd.Slots)}, nil
}

// Regain gives a contact back what it did without, whether it stands or is a part of
// another one.
type Regain struct {
	Values map[Slot]string
	Of     ID // the contact they were split off to, that is not to be; none: they were not
}

func (cmd Regain) decide(c Contact) ([]Event, error) {
	switch {
	case c.Created.IsZero():
		return nil, ErrUnknown
	case c.Deleted > 0:
		return nil, ErrDeleted
	case len(cmd.Values) == 0:
		return nil, nil
	}
	return []Event{Edited{cmd.Values, cmd.Of}}, nil
}

// Unmerged tells that a contact is no longer a part of its survivor.
type Unmerged struct {
	Survivor  ID      `json:"survivor"`
	Merge     MergeID `json:"merge,omitempty"` // that was undone
	Alone     bool    `json:"alone,omitempty"`
	Undecided bool    `json:"undecided,omitempty"`
	Talks     Talks   `json:"conversations,omitempty"`
	Reason    string  `json:"reason,omitempty"` // what people said why

	Stay map[ID]map[string]Choice `json:"stay,omitempty"` // the choices that go on to count of what stays with the survivor, once nothing tells them any more
}

// Kind implements domain.Event.
func (Unmerged) Kind() string { return "contact.unmerged" }

func (e Unmerged) evolve(c Contact, m domain.Moment) Contact {
	if c.Void > 0 {
		c.Away = append(slices.Clip(c.Away), Span{c.Void, m.Position, e.Survivor})
	}
	if c.Merge.Into != "" {
		c.Away = append(slices.Clip(c.Away), Span{c.Merge.At, m.Position, c.Merge.Into})
		if e.Alone {
			c.Left = append(slices.Clip(c.Left), Leaving{c.Merge.Into, c.Merge.At, m.Position})
		}
	}
	c.Merge, c.Void, c.Apart = Merge{}, 0, e.Survivor
	return c
}

func (e Unmerged) redacted(r Redaction) Event {
	if r.Own {
		e.Reason = ""
	}
	return e
}

// closing is the contact whose conversations on channels stay as a merge left them.
func (c Contact) closing(channels []string, m domain.Moment) Contact {
	for _, channel := range channels {
		talk := c.Talks[channel]
		talk.State, talk.Since, talk.Reason, talk.At = Closed, m.At.Truncate(time.Microsecond), ByMerge, m.Position
		c.Talks = set(c.Talks, channel, talk)
	}
	return c
}

// Leaving is when a contact left its survivor alone: what it had absorbed by then
// stayed there.
type Leaving struct {
	To   ID              `json:"to"`   // the survivor
	From domain.Position `json:"from"` // where it had been merged into it
	At   domain.Position `json:"at"`
}

// Span is a piece of the journal in which a contact was a part of another one.
type Span struct {
	From domain.Position `json:"from"`
	To   domain.Position `json:"to"`
	Into ID              `json:"into,omitempty"`
}

// StoodAt reports whether the contact's own history says that it was neither absorbed
// nor deleted at a position, be it by a merge that did not count: nothing is merged into
// what has such a merge, until that is taken back (see [Family]).
func (c Contact) StoodAt(at domain.Position) bool {
	if c.Merge.Into != "" && c.Merge.At < at || c.Deleted > 0 && c.Deleted < at {
		return false
	}
	return !slices.ContainsFunc(c.Away, func(s Span) bool { return s.From < at && at < s.To })
}

// Parent is the contact that one which was absorbed into c at a position is a part of
// now: c, or the survivor that c left alone first after that.
func (c Contact) Parent(id ID, since domain.Position) (ID, domain.Position) {
	for _, left := range c.Left {
		if left.At > since {
			return left.To, left.From
		}
	}
	return id, since
}
