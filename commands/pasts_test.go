package commands_test

import (
	"reflect"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
)

// Whoever has looked at a contact before reads only what has come since, and is told the
// same.
func TestPastIsReadOnce(t *testing.T) {
	t.Parallel()
	j, room, kin := annalsOf(t, 2, 1000)
	counted := &countedJournal{Journal: j}
	h := &commands.Handler{Journal: counted}
	all := j.All(0)
	for round := range 3 {
		before := counted.read.Load()
		if _, _, err := h.AsOf(t.Context(), room, kin[0], kin, commands.Until{}); err != nil {
			t.Fatal(err)
		}
		if read := counted.read.Load() - before; round == 0 && read != int64(len(all)) || round > 0 && read > 1 {
			t.Errorf("round %d read %d of %d events", round, read, len(all))
		}
	}
}

// As often as a past is told, by whatever other ways it was told before, and whatever has
// come since, it is what the journal says.
func TestPastIsToldAlike(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 3).Draw(t, "contacts")
		j, room, kin := annalsOf(t, n, rapid.SampledFrom([]int{10, 700, 5_000 / n}).Draw(t, "edits"))
		h := &commands.Handler{Journal: j}
		for range rapid.IntRange(1, 6).Draw(t, "looks") {
			if rapid.Bool().Draw(t, "more") {
				s := contact.Key{Space: room.ID, ID: kin[0]}.Stream()
				length := uint64(0)
				for _, r := range j.All(0) {
					if r.Stream == s {
						length++
					}
				}
				if _, err := j.Append(t.Context(), s, length, by, contact.Edited{Says: map[contact.Slot]string{"country": "DE"}}); err != nil {
					t.Fatal(err)
				}
			}
			all := j.All(0)
			last := domain.Position(rapid.IntRange(1, len(all)).Draw(t, "until"))
			var want contact.Family
			for _, r := range all[:last] {
				want.Tell(r)
			}
			var at sync.WaitGroup
			for range rapid.IntRange(1, 3).Draw(t, "at once") {
				at.Go(func() {
					got, _, err := h.AsOf(t.Context(), room, kin[0], kin, commands.Until{}.UpTo(last))
					if err != nil || !reflect.DeepEqual(*got, want) {
						t.Errorf("up to %d of %d it is told otherwise, %v", last, len(all), err)
					}
				})
			}
			at.Wait()
		}
	})
}
