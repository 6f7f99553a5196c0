package commands_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain/contact"
	"skein/domain/process"
)

// A batch whose undoing makes somebody lose a value, or leaves one off, is as it was when
// one of the unmerges is refused, wherever whoever does it is killed (D1-17, D2-5).
func TestUndoBatchResolved(t *testing.T) {
	t.Parallel()
	x := contact.Edit{Link: []contact.Identity{{Channel: "chat", Of: "x"}}}
	for _, r := range []commands.Resolution{commands.Move, commands.LeaveOff} {
		for _, refused := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s refused %t", r, refused), func(t *testing.T) {
				t.Parallel()
				steps := 0
				for first := range journaltest.Faults(24) {
					c := crowdOf(t)
					c.channel(t, "chat", "")
					c.edit(t, c.eve, x)
					id, err := c.merge(t, c.Handler)
					if err != nil {
						t.Fatal(err)
					}
					c.edit(t, c.ada, mail("kit@example.org"))
					before := c.families()
					c.clock.Add(120)
					how := commands.Parting{Resolutions: map[string]commands.Resolution{"email": r}}
					var h *commands.Handler
					var mortal *journaltest.Mortal
					if refused {
						h = c.beforeUnmerged(c.kit, func(m *journaltest.Mortal) {
							mortal = m
							c.edit(t, c.ada, x) // which nobody resolved, so that eve stays
							m.Fault = first
							m.Fault.Append += m.Appends()
						})
					} else {
						h, mortal = c.process(first)
					}
					undo := func(h *commands.Handler) error {
						return second(h.UndoMerge(t.Context(), under("undo"), c.room, id, c.cmd.Absorb, how))
					}
					_ = undo(h)
					steps = max(steps, mortal.Appends())
					c.clock.Add(120)
					h, _ = c.process(never)
					_, _ = h.Resume(t.Context(), c.room.ID, process.ID(c.IDFor(under("undo"))))
					err = undo(h)
					what := fmt.Sprintf("killed %s: %v", first, err)
					told := c.sound(t, what)
					ids, _ := c.merged()
					if !refused {
						if err != nil || len(ids) > 0 || (told.Own(c.kit).Field("email") != "") != (r == commands.Move) {
							t.Fatalf("%s: %v are left", what, ids)
						}
						continue
					}
					if err == nil || !slices.Equal(ids, c.cmd.Absorb) {
						t.Fatalf("%s: %v are merged", what, ids)
					}
					for _, one := range append(ids, c.ada) {
						was, is := before.Own(one).Fields(), told.Own(one).Fields()
						if !maps.Equal(was, is) {
							t.Fatalf("%s: %s has %v, and had %v", what, one, is, was)
						}
					}
					if was, is := before.Told(c.ada).Fields(), told.Told(c.ada).Fields(); !maps.Equal(was, is) {
						t.Fatalf("%s: it shows %v, and showed %v", what, is, was)
					}
				}
				if steps >= 24+14 {
					t.Errorf("it takes %d appends, and not all are tried", steps)
				}
			})
		}
	}
}

func (c *crowd) families() contact.Family {
	told, _ := families(c.journal, c.room.ID)
	return told
}
