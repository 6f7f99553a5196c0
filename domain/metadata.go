package domain

import (
	"encoding/json"
	"time"
)

// Metadata is what the journal keeps beside an event: who asked for it and, when it was
// copied from another journal, when it was recorded there.
type Metadata struct {
	By
	Created Created `json:"$created"`
}

// At is when an event with these metadata was recorded, which a journal says was at
// the given time.
func (m Metadata) At(recorded time.Time) time.Time {
	if m.Created.IsZero() {
		return recorded
	}
	return m.Created.Time
}

// Created is a time in RFC 3339. What is none is no time, for anybody may have written it.
type Created struct{ time.Time }

// UnmarshalJSON implements json.Unmarshaler.
func (c *Created) UnmarshalJSON(text []byte) error {
	c.Time = time.Time{}
	var said string
	if json.Unmarshal(text, &said) != nil {
		return nil
	}
	if at, err := time.Parse(time.RFC3339Nano, said); err == nil {
		c.Time = at.UTC()
	}
	return nil
}
