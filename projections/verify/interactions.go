package verify

import (
	"context"
	"maps"

	"skein/domain"
	"skein/domain/contact"
)

const interactions = "interactions"

// spokenColumns are the columns of interactions beside its space and owner.
const spokenColumns = `at, position, kind, recorded, ref, channel, identity, way, actor, data::text`

// said compares what was said and done, contact by contact, and of those of whom
// something differs looks closely what it is.
func (c *check) said(ctx context.Context, p part, all telling) error {
	got := map[contact.Key]*heard{}
	if err := c.eachSaid(ctx, p, func(key contact.Key, i interaction) {
		if got[key] == nil {
			got[key] = &heard{}
		}
		got[key].add(i, false)
	}); err != nil {
		return err
	}
	doubtful := map[contact.Key]bool{}
	for in, t := range all {
		for id, want := range t.heard {
			key := contact.Key{Space: in, ID: id}
			c.done.Interactions += want.count
			switch is := got[key]; {
			case is == nil && want.count > 0, is != nil && (is.count != want.count || is.sum != want.sum):
				doubtful[key] = true
			}
			delete(got, key)
		}
	}
	for key := range got {
		doubtful[key] = true
	}
	if len(doubtful) == 0 {
		return nil
	}
	return c.closely(ctx, p, doubtful)
}

func (c *check) eachSaid(ctx context.Context, p part, yield func(contact.Key, interaction)) error {
	var key contact.Key
	var i interaction
	into := []any{&i.at, &i.position}
	for n := range i.texts {
		into = append(into, &i.texts[n])
	}
	return c.each(ctx, p, interactions, "owner", spokenColumns, &key, into, func() { yield(key, i.summed()) })
}

// closely tells some contacts once more, and in what rows their interactions differ.
func (c *check) closely(ctx context.Context, p part, doubtful map[contact.Key]bool) error {
	families := map[contact.Key]bool{}
	for key := range doubtful {
		families[c.outline.first(key)] = true
	}
	wanted := func(key contact.Key) bool { return families[c.outline.first(key)] }
	told, err := c.tell(ctx, "interactions that differ", c.until, c.outline, wanted, p.prefix(), true)
	if err != nil {
		return err
	}
	want := map[contact.Key]map[domain.Position]interaction{}
	for key := range doubtful {
		want[key] = map[domain.Position]interaction{}
		if t := told[key.Space]; t != nil && t.heard[key.ID] != nil {
			for _, i := range t.heard[key.ID].kept {
				want[key][i.position] = i
			}
		}
	}
	err = c.eachSaid(ctx, p, func(key contact.Key, got interaction) {
		if !doubtful[key] {
			return
		}
		i, is := want[key][got.position]
		if !is {
			c.differs(Difference{In: interactions, Space: key.Space, ID: string(key.ID), Position: got.position, Wrong: extra})
			return
		}
		delete(want[key], got.position)
		if !sameTime(&i.at, &got.at) {
			c.differs(Difference{interactions, key.Space, string(key.ID), got.position, "at", another})
		}
		got = got.brief()
		for n, column := range spoken {
			if got.texts[n] != i.texts[n] {
				c.differs(Difference{interactions, key.Space, string(key.ID), got.position, column, another})
			}
		}
	})
	for key, rows := range want {
		for at := range maps.Keys(rows) {
			c.differs(Difference{In: interactions, Space: key.Space, ID: string(key.ID), Position: at, Wrong: missing})
		}
	}
	return err
}
