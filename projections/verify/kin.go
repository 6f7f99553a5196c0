package verify

import (
	"context"
	"time"

	"skein/domain"
	"skein/domain/contact"
)

// merging is a row of contact_merges but for its space and who was absorbed.
type merging struct {
	id, batch contact.MergeID
	into      contact.ID
	at        domain.Position
	when      time.Time
	by        domain.Actor
	undone    *domain.Position
	undoneAt  *time.Time
	undoneBy  *domain.Actor
	found     bool // in the table
}

// splitting is a row of contact_splits but for its space and the new contact.
type splitting struct {
	of    contact.ID
	at    domain.Position
	when  time.Time
	by    domain.Actor
	found bool
}

// undone notes that the merges of a contact were undone.
func (t *told) undone(id contact.ID, r domain.Recorded) {
	for i := range t.merges[id] {
		if m := &t.merges[id][i]; m.undone == nil {
			m.undone, m.undoneAt, m.undoneBy = &r.Position, &r.At, &r.By.Actor
		}
	}
}

// merged compares who was merged into whom.
func (c *check) merged(ctx context.Context, p part, all telling) error {
	const table = "contact_merges"
	for _, t := range all {
		for _, merges := range t.merges {
			c.done.Merges += len(merges)
		}
	}
	var key contact.Key
	var got merging
	err := c.each(ctx, p, table, "absorbed", `id, batch, survivor, merged, merged_at, merged_by, undone, undone_at, undone_by`,
		&key, []any{&got.id, &got.batch, &got.into, &got.at, &got.when, &got.by, &got.undone, &got.undoneAt, &got.undoneBy}, func() {
			defer func() { got = merging{} }()
			at := got.at
			var want *merging
			if t := all[key.Space]; t != nil {
				for i := range t.merges[key.ID] {
					if m := &t.merges[key.ID][i]; m.at == at {
						want = m
					}
				}
			}
			if want == nil {
				c.differs(Difference{In: table, Space: key.Space, ID: string(key.ID), Position: at, Wrong: extra})
				return
			}
			want.found = true
			for _, f := range []struct {
				name string
				same bool
			}{
				{"id", got.id == want.id},
				{"batch", got.batch == want.batch},
				{"survivor", got.into == want.into},
				{"merged_at", sameTime(&got.when, &want.when)},
				{"merged_by", got.by == want.by},
				{"undone", same(got.undone, want.undone)},
				{"undone_at", sameTime(got.undoneAt, want.undoneAt)},
				{"undone_by", same(got.undoneBy, want.undoneBy)},
			} {
				if !f.same {
					c.differs(Difference{table, key.Space, string(key.ID), at, f.name, another})
				}
			}
		})
	if err != nil {
		return err
	}
	for in, t := range all {
		for id, merges := range t.merges {
			for _, m := range merges {
				if !m.found {
					c.differs(Difference{In: table, Space: in, ID: string(id), Position: m.at, Wrong: missing})
				}
			}
		}
	}
	return nil
}

// split compares what was split off.
func (c *check) split(ctx context.Context, p part, all telling) error {
	const table = "contact_splits"
	for _, t := range all {
		for _, splits := range t.splits {
			c.done.Splits += len(splits)
		}
	}
	var key contact.Key
	var got splitting
	err := c.each(ctx, p, table, "id", `of, position, split_at, split_by`, &key, []any{&got.of, &got.at, &got.when, &got.by}, func() {
		var want *splitting
		if t := all[key.Space]; t != nil {
			for i := range t.splits[key.ID] {
				if s := &t.splits[key.ID][i]; s.at == got.at {
					want = s
				}
			}
		}
		if want == nil {
			c.differs(Difference{In: table, Space: key.Space, ID: string(key.ID), Position: got.at, Wrong: extra})
			return
		}
		want.found = true
		for _, f := range []struct {
			name string
			same bool
		}{{"of", got.of == want.of}, {"split_at", sameTime(&got.when, &want.when)}, {"split_by", got.by == want.by}} {
			if !f.same {
				c.differs(Difference{table, key.Space, string(key.ID), got.at, f.name, another})
			}
		}
	})
	if err != nil {
		return err
	}
	for in, t := range all {
		for id, splits := range t.splits {
			for _, s := range splits {
				if !s.found {
					c.differs(Difference{In: table, Space: in, ID: string(id), Position: s.at, Wrong: missing})
				}
			}
		}
	}
	return nil
}

func same[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// sameTime reports whether two times are one, as far as the database tells times apart.
func sameTime(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.UnixMicro() == b.UnixMicro()
}
