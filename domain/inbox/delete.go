package inbox

import "skein/domain"

// Delete takes an inbox away. Its contacts stay.
type Delete struct{}

func (Delete) decide(i Inbox) ([]Event, error) {
	if i.Saved.IsZero() || i.Deleted {
		return nil, ErrUnknown
	}
	return []Event{Deleted{}}, nil
}

// Deleted tells that an inbox is no more.
type Deleted struct{}

// Kind implements domain.Event.
func (Deleted) Kind() string { return "inbox.deleted" }

func (Deleted) evolve(i Inbox, _ domain.Moment) Inbox {
	i.Deleted = true
	return i
}
