package verify

import (
	"context"
	"fmt"
	"strings"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/organization"
	"skein/domain/space"
)

// Difference is something in which the read models are not what the journal tells. It
// holds ids and names of fields, and no values.
type Difference struct {
	In       string          `json:"in"` // a table, journal or identifiers
	Space    space.ID        `json:"space,omitempty"`
	ID       string          `json:"id,omitempty"` // of what the row is about
	Position domain.Position `json:"position,omitempty"`
	Field    string          `json:"field,omitempty"`
	Wrong    string          `json:"wrong"` // a sentence that goes on from what it is about
}

const (
	another = "is not what the journal tells"
	missing = "is missing"
	extra   = "is one too many"
	hidden  = "was passed over by the projection, so the tables do not show it"
)

// String is the difference on one line.
func (d Difference) String() string {
	var s strings.Builder
	s.WriteString(d.In)
	for _, part := range []string{string(d.Space), d.ID} {
		if part != "" {
			s.WriteString(" " + part)
		}
	}
	if d.Position > 0 {
		fmt.Fprintf(&s, " at %d", d.Position)
	}
	if d.Field != "" {
		s.WriteString(" " + d.Field)
	}
	s.WriteString(": " + d.Wrong)
	return s.String()
}

func of(in string, key contact.Key, field, wrong string) Difference {
	return Difference{In: in, Space: key.Space, ID: string(key.ID), Field: field, Wrong: wrong}
}

// differs notes a difference.
func (c *check) differs(d Difference) { c.waiting = append(c.waiting, d) }

// say tells the differences that were noted, but for those in spaces that were deleted
// since the tables were as they are compared: the journal may hold nothing of them any
// more.
func (c *check) say(ctx context.Context) error {
	if len(c.waiting) == 0 {
		return nil
	}
	end, err := c.End(ctx)
	if err != nil {
		return err
	}
	late := map[space.ID]bool{}
	for r, err := range c.Journal(ctx, end, ofCategory("organization"), "organization-") {
		if err != nil && r.Stream == "" {
			return err
		}
		if e, ok := r.Event.(organization.SpaceDeleted); ok && r.Position > c.until {
			late[space.ID(e.Space)] = true
		}
	}
	for _, d := range c.waiting {
		if !late[d.Space] {
			c.done.Differences++
			c.Tell(d)
		}
	}
	c.waiting = nil
	return nil
}

func ofCategory(categories ...string) func(domain.Stream) bool {
	return func(s domain.Stream) bool {
		for _, one := range categories {
			if s.Category() == one {
				return true
			}
		}
		return false
	}
}

// parked are the events that the projection passed over.
func (c *check) parked(ctx context.Context) (map[domain.Position]bool, error) {
	rows, err := c.tx.Query(ctx, `SELECT position, stream FROM parked_events WHERE projection = $1 AND position <= $2 ORDER BY 1`, projection, c.until)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[domain.Position]bool{}
	for rows.Next() {
		var at domain.Position
		var s domain.Stream
		if err := rows.Scan(&at, &s); err != nil {
			return nil, err
		}
		all[at] = true
		if in := spaceOf(s); c.Space == "" || c.Space == in {
			c.differs(Difference{In: "journal", Space: in, ID: string(s), Position: at, Wrong: hidden})
		}
	}
	return all, rows.Err()
}

// spaceOf is the space that a stream lies in, or is the history of.
func spaceOf(s domain.Stream) space.ID {
	in, id := s.Parts()
	if s.Category() == "space" {
		return space.ID(id)
	}
	return space.ID(in)
}
