package space

import (
	"slices"
	"strings"
	"time"

	"skein/domain"
)

// Identify asks that from now on these identifiers, and no others, name one contact
// each (C1-12). Where that only lets go of some, it is so at once (C1-16). A new one
// has to hold for the contacts that are there already: the space tightens first, and
// stays as it is until that is settled (C1-19).
type Identify struct {
	Unique []Identifier
	At     time.Time // now
	Alone  time.Time // what was under way before has died; zero: perhaps not
}

var (
	errTightening = domain.Refuse(domain.Conflict, "identifiers_changing", "The identifiers of this space are being changed right now. Send it again in a minute.")
	errSlack      = domain.Refuse(domain.Conflict, "identifiers_contended", "While the identifiers were being changed, contacts got values that are another's, or somebody else changed the identifiers. Nothing was changed; send it again.")
)

// lease is how long those who tighten the identifiers of a space are believed to be
// at it, from their last sign of life.
const lease = time.Minute

func (cmd Identify) decide(s Space) ([]Event, error) {
	if err := s.Known(); err != nil {
		return nil, err
	}
	unique, err := identifiers(cmd.Unique, "/unique")
	if err != nil {
		return nil, err
	}
	t := s.Tightening
	alive := t.Since > 0 && cmd.At.Before(t.Alive.Add(lease)) && !t.Alive.Before(cmd.Alone)
	switch {
	case alive:
		return nil, errTightening
	case slices.Equal(unique, s.Unique) && t.Since == 0:
		return nil, nil
	case slices.ContainsFunc(unique, func(i Identifier) bool { return !s.Names(i) }):
		return []Event{IdentifiersTightening{Unique: unique}}, nil
	}
	return []Event{IdentifiersChanged{Unique: unique}}, nil
}

// identifiers are those that were asked for, each once and in one order.
func identifiers(asked []Identifier, at string) ([]Identifier, error) {
	for _, i := range asked {
		if !slices.Contains([]Identifier{Email, ExtID, Phone}, i) {
			return nil, errIdentifier.Where(at)
		}
	}
	if !slices.Contains(asked, Email) && !slices.Contains(asked, ExtID) {
		return nil, errNoUnique.Where(at)
	}
	unique := slices.Clone(asked)
	slices.SortFunc(unique, func(a, b Identifier) int { return strings.Compare(string(a), string(b)) })
	return slices.Compact(unique), nil
}

// Tightening is a change of what names one contact that is not settled yet. Values
// of all identifiers it asks for are claimed meanwhile; whoever needs one that is
// another's ends it, for until it is settled they may have it.
type Tightening struct {
	Unique []Identifier
	Since  domain.Position // 0: there is none
	Alive  time.Time       // the last sign of life of those who are at it
}

// Claimed are the identifiers whose values are claimed for the contacts that show
// them: those that name one contact, and those that are about to.
func (s Space) Claimed() []Identifier {
	all := slices.Clip(s.Unique)
	for _, i := range s.Tightening.Unique {
		if !s.Names(i) {
			all = append(all, i)
		}
	}
	return all
}

// IdentifiersTightening tells that new identifiers are about to name one contact
// each, or that those who see to that are still at it.
type IdentifiersTightening struct {
	Unique []Identifier    `json:"unique"`
	Since  domain.Position `json:"since,omitempty"` // 0: since now
}

// Kind implements domain.Event.
func (IdentifiersTightening) Kind() string { return "space.identifiers_tightening" }

func (e IdentifiersTightening) evolve(s Space, m domain.Moment) Space {
	since := e.Since
	if since == 0 {
		since = m.Position
	}
	s.Tightening = Tightening{e.Unique, since, m.At}
	return s
}

// IdentifiersChanged tells what names one contact from now on.
type IdentifiersChanged struct {
	Unique []Identifier    `json:"unique"`
	Since  domain.Position `json:"since,omitempty"` // where the tightening began that this settles, if it does
}

// Kind implements domain.Event.
func (IdentifiersChanged) Kind() string { return "space.identifiers_changed" }

func (e IdentifiersChanged) evolve(s Space, m domain.Moment) Space {
	s.Unique, s.Tightening, s.Identified = e.Unique, Tightening{}, m.Position
	s.Tightened = max(s.Tightened, min(e.Since, m.Position)) // a copied journal has other positions
	return s
}
