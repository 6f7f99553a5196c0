package main

import (
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// Who was once one with somebody who was erased can be erased too: also what is kept of
// them in the histories of that one goes then, and all that others are and said is as
// before (D1-14).
func TestEraseOneAfterAnother(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	g := plant(s)
	g.erase()
	eve, kit, moss := g.stay[0], g.stay[1], g.stay[2]
	for _, id := range []string{kit, moss} {
		g.at = s.erase(g.lab, id, "")
	}
	g.waitRemoved()
	more := slices.DeleteFunc(slices.Clone(g.roots), func(root string) bool {
		return !strings.HasPrefix(root, "kit") && !strings.HasPrefix(root, "moss")
	})
	g.weeds, g.stay = append(g.weeds, more...), []string{eve, g.stay[3]}
	g.free(t, "an answer", g.everything())
	g.free(t, "the database", s.tables())
	s.rightly()
	s.skein("rebuild")
	s.rightly()
	g.move(t)
	g.at = s.erase(g.lab, eve, "")
	g.waitRemoved()
	s.rightly()
	s.stop(syscall.SIGTERM)
	events := string(recordsOf(t, filepath.Join(s.data, "journal")))
	g.free(t, "the journal", events)
	if len(more) < 9 || strings.Count(events, "sister") == 0 {
		t.Errorf("there were %d more to go, and who stays is not found", len(more))
	}
}
