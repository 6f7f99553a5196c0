// Package domain holds the words every concept of the system is told in:
// events, the streams that keep them, and the refusals that turn a command down.
//
// Each concept has a package of its own below this one. All of them are pure:
// no clock, no randomness, no input or output. What a decision needs from
// outside, the time and the state of other things, comes in with the command.
package domain

import (
	"strings"
	"time"
)

// Event is a fact: something that happened and cannot be taken back.
type Event interface {
	// Kind is the event's name in the journal, such as "contact.created".
	// A name that has been written is never given to another event.
	Kind() string
}

// Stream names the history of one thing: its category, a dash and its id, such
// as "contact-5e0c….77ab…". It never holds personal data.
type Stream string

// StreamOf names the stream in category of the thing whose id is made of parts.
func StreamOf(category string, parts ...string) Stream {
	return Stream(category + "-" + strings.Join(parts, "."))
}

// Category is what kind of thing the stream is the history of.
func (s Stream) Category() string {
	category, _, _ := strings.Cut(string(s), "-")
	return category
}

// Parts are the parts of the id of the thing: for what lives in a space, the
// space's id and its own; for the rest, its own id as the second part.
func (s Stream) Parts() (space, id string) {
	_, rest, _ := strings.Cut(string(s), "-")
	space, id, found := strings.Cut(rest, ".")
	if !found {
		return "", rest
	}
	return space, id
}

// Position is a place in the whole journal. Later events have higher positions;
// the zero Position lies before all of them.
type Position uint64

// Actor names who asked for something: a person's or credential's id, or a part
// of the system such as "system:mail". It is no name or address of a person.
type Actor string

// By says who asked for something and on which occasion.
type By struct {
	Actor       Actor  `json:"by"`
	Request     string `json:"request,omitempty"`        // id of the request
	Correlation string `json:"$correlationId,omitempty"` // shared by all that one request led to
	Causation   string `json:"$causationId,omitempty"`   // id of the event that led to it
	Key         string `json:"key,omitempty"`            // hash of the key under which it takes effect only once
	Ask         string `json:"ask,omitempty"`            // hash of what was asked under the key
}

// Moment is when and by whom an event was recorded.
type Moment struct {
	Position Position
	At       time.Time
	By       By
}

// Recorded is an event as the journal keeps it.
type Recorded struct {
	Event
	Stream   Stream
	Revision uint64 // place in the stream, from 0
	Moment
}
