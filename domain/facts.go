package domain

import (
	"encoding/json"
	"fmt"
)

// A Fact knows how to read one kind of event back from its data.
type Fact struct {
	Kind string
	read func(data []byte) (Event, error)
}

// FactOf is the fact of event type E, kept as the JSON of E.
func FactOf[E Event]() Fact {
	var zero E
	return Fact{zero.Kind(), func(data []byte) (Event, error) {
		var e E
		if err := json.Unmarshal(data, &e); err != nil {
			return nil, fmt.Errorf("read %s: %w", zero.Kind(), err)
		}
		return e, nil
	}}
}

// Was keeps readable what was once written as kind in the shape Old.
func Was[Old any, E Event](kind string, now func(Old) E) Fact {
	return Fact{kind, func(data []byte) (Event, error) {
		var old Old
		if err := json.Unmarshal(data, &old); err != nil {
			return nil, fmt.Errorf("read %s: %w", kind, err)
		}
		return now(old), nil
	}}
}

// Codec turns events into data and back. It knows only the facts it was made of.
type Codec map[string]Fact

// NewCodec makes a codec of facts. It panics when two have the same kind.
func NewCodec(groups ...[]Fact) Codec {
	c := Codec{}
	for _, facts := range groups {
		for _, f := range facts {
			if _, taken := c[f.Kind]; taken {
				panic("domain: two facts of kind " + f.Kind)
			}
			c[f.Kind] = f
		}
	}
	return c
}

// Encode returns the data to keep for e.
func (c Codec) Encode(e Event) ([]byte, error) {
	if _, known := c[e.Kind()]; !known {
		return nil, fmt.Errorf("no fact of kind %s", e.Kind())
	}
	return json.Marshal(e)
}

// Decode returns the event kept as data under kind.
func (c Codec) Decode(kind string, data []byte) (Event, error) {
	f, known := c[kind]
	if !known {
		return nil, fmt.Errorf("no fact of kind %s", kind)
	}
	return f.read(data)
}
