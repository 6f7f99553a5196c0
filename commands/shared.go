package commands

import (
	"context"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// ErrShared refuses identifiers that do not name one contact each.
var ErrShared = domain.Refuse(domain.Conflict, "identifiers_not_unique", "Several contacts share values of what is to name one contact each. Merge them or change their values, and send it again; nothing was changed.")

// SharedError is ErrShared with the values that are shared.
type SharedError struct {
	Values []Sharing // the first 100
	Total  int
}

// Sharing is a value that several contacts show, and the first 100 of these.
type Sharing struct {
	Kind    space.Identifier
	Value   string
	Holders []contact.ID
}

// Error implements error.
func (*SharedError) Error() string { return ErrShared.Message }

// Unwrap makes it ErrShared.
func (*SharedError) Unwrap() error { return ErrShared }

// mostShared is how many values, and holders of a value, are named at most.
const mostShared = 100

// shared refuses identifiers whose values contacts share by now.
func (h *Handler) shared(ctx context.Context, in Room, kinds []space.Identifier) error {
	all := &SharedError{}
	for _, kind := range kinds {
		var last Sharing
		found := false // that last is shared
		for one, err := range h.Showing.Of(ctx, in.ID, kind, "") {
			if err != nil {
				return err
			}
			if one.Value != last.Value {
				last, found = Sharing{kind, one.Value, []contact.ID{one.Contact}}, false
				continue
			}
			if len(last.Holders) < mostShared {
				last.Holders = append(last.Holders, one.Contact)
			}
			if !found {
				found = true
				all.Total++
			}
			if n := len(all.Values); n > 0 && all.Values[n-1].Kind == kind && all.Values[n-1].Value == last.Value {
				all.Values[n-1] = last
			} else if n < mostShared {
				all.Values = append(all.Values, last)
			}
		}
	}
	if all.Total == 0 {
		return nil
	}
	return all
}
