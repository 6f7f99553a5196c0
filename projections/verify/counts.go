package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain/contact"
	"skein/domain/inbox"
	"skein/domain/space"
)

// counts compares what is kept of spaces and inboxes, and how many contacts and messages
// they are said to have.
func (c *check) counts(ctx context.Context) error {
	if err := c.spaces(ctx); err != nil {
		return err
	}
	if err := c.inboxes(ctx); err != nil {
		return err
	}
	return c.usage(ctx)
}

// only is the space that is looked at, for queries; none: all.
func (c *check) only() *space.ID {
	if c.Space == "" {
		return nil
	}
	return &c.Space
}

func (c *check) spaces(ctx context.Context) error {
	const table = "contact_spaces"
	rows, err := c.tx.Query(ctx, `SELECT space, state::text, contacts FROM contact_spaces WHERE $1::text IS NULL OR space = $1`, c.only())
	if err != nil {
		return err
	}
	found := map[space.ID]bool{}
	var in space.ID
	var state []byte
	var contacts int64
	_, err = pgx.ForEachRow(rows, []any{&in, &state, &contacts}, func() error {
		key := contact.Key{Space: in}
		r := c.outline.rooms[in]
		if r == nil || !r.known {
			c.differs(of(table, key, "", extra))
			return nil
		}
		found[in] = true
		if contacts != r.contacts {
			c.differs(of(table, key, "contacts", another))
		}
		want, err := json.Marshal(r.state)
		if err != nil {
			return err
		}
		var is space.Space
		broken := strictly(state, &is)
		got, err := json.Marshal(is)
		if err != nil {
			return err
		}
		if broken == nil && bytes.Equal(want, got) {
			return nil
		}
		for _, field := range unlike(state, want) {
			c.differs(of(table, key, "state."+field, another))
		}
		return nil
	})
	for in, r := range c.outline.rooms {
		if !r.known {
			continue
		}
		c.done.Spaces++
		if !found[in] {
			c.differs(of(table, contact.Key{Space: in}, "", missing))
		}
	}
	return err
}

func (c *check) inboxes(ctx context.Context) error {
	const table = "inboxes"
	rows, err := c.tx.Query(ctx, `SELECT space, id, name, filter::text, saved, contacts FROM inboxes WHERE $1::text IS NULL OR space = $1`, c.only())
	if err != nil {
		return err
	}
	found := map[inbox.Key]bool{}
	var key inbox.Key
	var got saved
	var filter []byte
	_, err = pgx.ForEachRow(rows, []any{&key.Space, &key.ID, &got.name, &filter, &got.at, &got.contacts}, func() error {
		defer func() { got = saved{} }()
		about := contact.Key{Space: key.Space, ID: contact.ID(key.ID)}
		var want saved
		is := false
		if r := c.outline.rooms[key.Space]; r != nil {
			want, is = r.inboxes[key.ID]
		}
		if !is {
			c.differs(of(table, about, "", extra))
			return nil
		}
		found[key] = true
		broken := strictly(filter, &got.filter)
		one, _ := json.Marshal(got.filter)
		other, _ := json.Marshal(want.filter)
		for _, f := range []struct {
			name string
			same bool
		}{
			{"name", got.name == want.name},
			{"filter", broken == nil && bytes.Equal(one, other)},
			{"saved", sameTime(&got.at, &want.at)},
			{"contacts", got.contacts == want.contacts},
		} {
			if !f.same {
				c.differs(of(table, about, f.name, another))
			}
		}
		return nil
	})
	for in, r := range c.outline.rooms {
		for id := range r.inboxes {
			c.done.Inboxes++
			if !found[inbox.Key{Space: in, ID: id}] {
				c.differs(of(table, contact.Key{Space: in, ID: contact.ID(id)}, "", missing))
			}
		}
	}
	return err
}

// usage compares what spaces are billed for.
func (c *check) usage(ctx context.Context) error {
	const table = "space_usage"
	want := map[space.ID]map[time.Time]month{}
	for in, r := range c.outline.rooms {
		want[in] = map[time.Time]month{}
		for _, m := range r.billed() {
			want[in][m.of] = m
		}
	}
	rows, err := c.tx.Query(ctx, `
		SELECT space, month::timestamp AT TIME ZONE 'UTC', people, peak, received, sent FROM space_usage WHERE $1::text IS NULL OR space = $1`, c.only())
	if err != nil {
		return err
	}
	var in space.ID
	var got month
	_, err = pgx.ForEachRow(rows, []any{&in, &got.of, &got.people, &got.peak, &got.received, &got.sent}, func() error {
		got.of = got.of.UTC()
		about := contact.Key{Space: in, ID: contact.ID(got.of.Format("2006-01"))}
		m, is := want[in][got.of]
		if !is {
			c.differs(of(table, about, "", extra))
			return nil
		}
		delete(want[in], got.of)
		for _, f := range []struct {
			name string
			same bool
		}{
			{"people", got.people == m.people}, {"peak", got.peak == m.peak}, {"received", got.received == m.received}, {"sent", got.sent == m.sent},
		} {
			if !f.same {
				c.differs(of(table, about, f.name, another))
			}
		}
		return nil
	})
	for in, months := range want {
		for at := range months {
			c.differs(of(table, contact.Key{Space: in, ID: contact.ID(at.Format("2006-01"))}, "", missing))
		}
	}
	return err
}

// billed are the months of a space with how many contacts there were.
func (r *room) billed() []month {
	slices.Sort(r.changes)
	people, n := int64(0), 0
	for i := range r.months {
		m := &r.months[i]
		m.people, m.peak = people, people
		for ; n < len(r.changes) && (i+1 == len(r.months) || r.changes[n]/2 < uint64(r.months[i+1].since)); n++ {
			if r.changes[n]%2 == 1 {
				people++
			} else {
				people--
			}
			m.people, m.peak = people, max(m.peak, people)
		}
	}
	return r.months
}
