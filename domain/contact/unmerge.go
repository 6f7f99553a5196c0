package contact

import (
	"slices"
	"time"

	"skein/domain"
)

// Unmerge lets an absorbed contact stand alone again, with whatever it had
// absorbed itself. Asked twice it is already so (D2-1).
type Unmerge struct {
	Alone     bool     // what it had absorbed stays with its survivor (D2-2)
	Void      bool     // the merge never counted, which says nothing about the two
	Undecided bool     // the two are not remembered as different people (D2-13)
	Closed    []string // channels whose conversations, which the merge had closed, stay so (D2-8)
	Without   []Slot   // values it comes back without, because they are somebody else's now (D2-5)
}

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
	unmerged := Unmerged{Survivor: c.Merge.Into, Merge: c.Merge.ID, Alone: cmd.Alone, Undecided: cmd.Undecided || cmd.Void, Closed: slices.Clone(cmd.Closed)}
	if len(cmd.Without) == 0 {
		return []Event{unmerged}, nil
	}
	without := make(map[Slot]string, len(cmd.Without))
	for _, slot := range cmd.Without {
		without[slot] = ""
	}
	return []Event{Edited{without}, unmerged}, nil
}

// Unmerged tells that a contact is no longer a part of its survivor.
type Unmerged struct {
	Survivor  ID       `json:"survivor"`
	Merge     MergeID  `json:"merge,omitempty"` // that was undone
	Alone     bool     `json:"alone,omitempty"`
	Undecided bool     `json:"undecided,omitempty"`
	Closed    []string `json:"closed,omitempty"`
}

// Kind implements domain.Event.
func (Unmerged) Kind() string { return "contact.unmerged" }

func (e Unmerged) evolve(c Contact, m domain.Moment) Contact {
	if c.Merge.Into != "" {
		c.Away = append(slices.Clip(c.Away), Span{c.Merge.At, m.Position})
		if e.Alone {
			c.Left = append(slices.Clip(c.Left), Leaving{c.Merge.Into, m.Position})
		}
	}
	c.Merge, c.Apart = Merge{}, e.Survivor
	for _, channel := range e.Closed {
		talk := c.Talks[channel]
		talk.State, talk.Since, talk.Reason, talk.At = Closed, m.At.Truncate(time.Microsecond), ByMerge, m.Position
		c.Talks = set(c.Talks, channel, talk)
	}
	return c
}

// Leaving is when a contact left its survivor alone: what it had absorbed by then
// stayed there.
type Leaving struct {
	To ID              `json:"to"` // the survivor
	At domain.Position `json:"at"`
}

// Span is a piece of the journal.
type Span struct {
	From domain.Position `json:"from"`
	To   domain.Position `json:"to"`
}

// StoodAt reports whether the contact's own history says that it was neither absorbed
// nor deleted at a position. What it was absorbed into may not have counted.
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
			return left.To, left.At
		}
	}
	return id, since
}
