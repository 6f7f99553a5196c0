package projections_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"skein/adapters/postgres/postgrestest"
	"skein/projections"
)

// Processes that start at the same moment are in nobody's way.
func TestNoteBegunAtOnce(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	names := []string{"audit", "contacts", "credentials", "erasures", "mailboxes", "processes", "spaces", "suggestions"}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 100 {
				some := slices.Clone(names)
				rand.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
				if err := projections.NoteBegun(t.Context(), db, 7, some...); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}
