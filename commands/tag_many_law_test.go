package commands_test

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
)

// tagging is contacts that are tagged, and what is known of them.
type tagging struct {
	*house
	t      *rapid.T
	people []contact.ID
	into   map[contact.ID]contact.ID
	gone   map[contact.ID]bool
	sent   int
	before []report // of what was sent under keys
}

// report is what was asked and what was answered.
type report struct {
	by   domain.By
	cmd  commands.TagMany
	rows map[contact.ID]commands.Tagged
}

// Many contacts are tagged as sets are: each is changed if its set is, and only then
// anything is recorded, absorbed ones through their survivors and each by itself. Sent
// again it is told alike, and whoever was changed is so told for ever (C2-56, C2-57).
func TestTagLaw(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		g := &tagging{house: build(t), t: rt, into: map[contact.ID]contact.ID{}, gone: map[contact.ID]bool{}}
		for range rapid.IntRange(10, 40).Draw(rt, "steps") {
			g.step()
		}
	})
}

func (g *tagging) any(label string) contact.ID {
	return rapid.SampledFrom(append([]contact.ID{"nobody"}, g.people...)).Draw(g.t, label)
}

func (g *tagging) tags(label string) []string {
	return rapid.SliceOfN(rapid.SampledFrom([]string{"vip", "old", "new"}), 0, 2).Draw(g.t, label)
}

func (g *tagging) step() {
	ctx := g.t.Context()
	switch step := rapid.IntRange(0, 11).Draw(g.t, "step"); {
	case step <= 2:
		id, _, err := g.CreateContact(ctx, by, g.room, contact.Create{Tags: append(g.tags("tags"), "one")})
		g.fine(err)
		g.people = append(g.people, id)
	case step <= 5:
		survivor, absorbed := g.any("survivor"), g.any("absorbed")
		if _, _, err := g.MergeContacts(ctx, by, g.room, survivor, absorbed, contact.Absorb{}); err == nil && g.into[absorbed] == "" {
			g.into[absorbed] = survivor
		}
	case step == 6:
		id := g.any("unmerged")
		if _, err := g.UnmergeContact(ctx, by, g.room, id, commands.Parting{}); err == nil {
			delete(g.into, id)
		}
	case step == 7:
		id := g.any("deleted")
		if _, err := g.DeleteContact(ctx, by, g.room, id); err == nil {
			g.gone[id] = true
		}
	case step == 8 && len(g.before) > 0:
		g.again(rapid.SampledFrom(g.before).Draw(g.t, "again"))
	default:
		g.tag()
	}
}

func (g *tagging) fine(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

// root is whom a contact is a part of.
func (g *tagging) root(id contact.ID) contact.ID {
	for g.into[id] != "" {
		id = g.into[id]
	}
	return id
}

func (g *tagging) stands(root contact.ID) bool {
	return slices.Contains(g.people, root) && !g.gone[root]
}

// shown is the set of a contact that people see.
func (g *tagging) shown(id contact.ID) map[string]bool { return tagsOf(g.told(id)) }

func tagsOf(c contact.Contact) map[string]bool {
	set := map[string]bool{}
	for _, tag := range c.Tags() {
		set[tag] = true
	}
	return set
}

func (g *tagging) send(by domain.By, cmd commands.TagMany) (rows map[contact.ID]commands.Tagged, events int) {
	g.t.Helper()
	before := len(g.journal.All(0))
	rows = map[contact.ID]commands.Tagged{}
	_, err := g.TagContacts(g.t.Context(), by, g.room, cmd, func(done commands.Tagged) {
		if _, twice := rows[done.Contact]; twice {
			g.t.Fatalf("%s is told of twice", done.Contact)
		}
		rows[done.Contact] = done
	})
	g.fine(err)
	return rows, len(g.journal.All(0)) - before
}

// tag tags some of the contacts and compares what is told with the sets.
func (g *tagging) tag() {
	cmd := commands.TagMany{Tag: g.tags("tag"), Untag: append(g.tags("untag"), "never")}
	for range rapid.IntRange(1, 6).Draw(g.t, "contacts") {
		cmd.Contacts = append(cmd.Contacts, g.any("tagged"))
	}
	want, changes := map[contact.ID]map[string]bool{}, map[contact.ID]bool{}
	for _, id := range cmd.Contacts {
		root := g.root(id)
		was := g.shown(root)
		is := maps.Clone(was)
		for _, tag := range cmd.Tag {
			is[tag] = true
		}
		for _, tag := range cmd.Untag {
			delete(is, tag)
		}
		want[root], changes[root] = is, !maps.Equal(was, is)
	}
	g.sent++
	by := under(string(rune('a' + g.sent)))
	rows, events := g.send(by, cmd)
	changed := map[contact.ID]int{}
	for _, id := range cmd.Contacts {
		root, row := g.root(id), rows[id]
		stands := g.stands(root)
		switch {
		case !stands && (row.Outcome != commands.TagFailed || !errors.Is(row.Err, contact.ErrDeleted) && !errors.Is(row.Err, contact.ErrUnknown)):
			g.t.Fatalf("%s is no more and told as %+v", id, row)
		case stands && (row.Outcome == commands.TagFailed || row.Err != nil):
			g.t.Fatalf("%s stands and is told as %+v", id, row)
		case stands && (root != id) != (row.Survivor == root):
			g.t.Fatalf("%s is a part of %s and told as %+v", id, root, row)
		}
	}
	for _, row := range rows {
		if row.Outcome == commands.TagChanged {
			changed[g.root(row.Contact)]++
		}
	}
	recorded := 0
	for root, is := range want {
		if !g.stands(root) {
			continue
		}
		if now := g.shown(root); !maps.Equal(now, is) {
			g.t.Fatalf("%s has %v, want %v", root, now, is)
		}
		times := 0
		if changes[root] {
			times = 1
		}
		if recorded += times; changed[root] != times {
			g.t.Fatalf("%s is told to have changed %d times, want %d", root, changed[root], times)
		}
	}
	if events != recorded {
		g.t.Fatalf("%d events for %d changes", events, recorded)
	}
	if again, events := g.send(by, cmd); events > 0 || !maps.EqualFunc(rows, again, same) {
		g.t.Fatalf("%d events, told %v and then %v", events, rows, again)
	}
	g.before = append(g.before, report{by, cmd, rows})
}

func same(a, b commands.Tagged) bool {
	return a.Contact == b.Contact && a.Survivor == b.Survivor && a.Outcome == b.Outcome && (a.Err == nil) == (b.Err == nil)
}

// again sends something for the second time after others changed this and that.
func (g *tagging) again(was report) {
	g.t.Helper()
	shown := map[contact.ID]map[string]bool{}
	for _, id := range g.people {
		shown[id] = tagsOf(g.own(id))
	}
	rows, _ := g.send(was.by, was.cmd)
	for id, row := range was.rows {
		if row.Outcome == commands.TagChanged && !same(row, rows[id]) {
			g.t.Fatalf("%s was told as %+v, and then as %+v", id, row, rows[id])
		}
	}
	for id, before := range shown {
		alone := !slices.ContainsFunc(was.cmd.Contacts, func(other contact.ID) bool {
			return g.root(other) == id && was.rows[other].Outcome != commands.TagChanged
		})
		if now := tagsOf(g.own(id)); alone && !maps.Equal(before, now) {
			g.t.Fatalf("%s had %v and was tagged again: %v", id, before, now)
		}
	}
}

// own is a contact's own story.
func (g *tagging) own(id contact.ID) contact.Contact {
	told, _ := families(g.journal, g.room.ID)
	return told.Own(id)
}
