package inbox

import (
	"skein/domain"
	"skein/domain/space"
)

// Save keeps a filter as an inbox under a name.
type Save struct {
	Space  space.Space // as it stands
	Name   string
	Filter Filter
}

var (
	errExists = domain.Refuse(domain.Conflict, "inbox_exists", "An inbox with this id exists already.")
	errName   = domain.Refuse(domain.Invalid, "inbox_name_invalid", "An inbox's name has 1 to 100 characters on one line.")
	errEmpty  = domain.Refuse(domain.Invalid, "filter_empty", "The filter shows every contact. Add a test to save it as an inbox.")
)

func (cmd Save) decide(i Inbox) ([]Event, error) {
	if err := cmd.Space.Known(); err != nil {
		return nil, err
	}
	name, fit := domain.Line(cmd.Name, 100)
	switch {
	case !i.Saved.IsZero():
		return nil, errExists
	case !fit:
		return nil, errName.Where("/name")
	case !cmd.Filter.tests():
		return nil, errEmpty.Where("/filter")
	}
	if err := cmd.Filter.Check(cmd.Space, "/filter"); err != nil {
		return nil, err
	}
	return []Event{Saved{name, cmd.Filter}}, nil
}

// Saved tells that an inbox was saved.
type Saved struct {
	Name   string `json:"name"`
	Filter Filter `json:"filter"`
}

// Kind implements domain.Event.
func (Saved) Kind() string { return "inbox.saved" }

func (e Saved) evolve(i Inbox, m domain.Moment) Inbox {
	i.Name, i.Filter, i.Saved = e.Name, e.Filter, m.At
	return i
}
