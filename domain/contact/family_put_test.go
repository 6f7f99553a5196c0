package contact_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"skein/domain"
	"skein/domain/contact"
)

// Whoever was put, and whenever, those absorbed are in the order of their merges, and in
// that of their ids where two were merged at once. No clone sees what is put into another.
func TestAbsorbedAreInOrder(t *testing.T) {
	t.Parallel()
	ids := make([]contact.ID, 20)
	for i := range ids {
		ids[i] = contact.ID(fmt.Sprint("one", i))
	}
	type told struct {
		contact.Family
		own map[contact.ID]contact.Contact
	}
	rapid.Check(t, func(t *rapid.T) {
		all := []told{{own: map[contact.ID]contact.Contact{}}}
		for range rapid.IntRange(0, 100).Draw(t, "steps") {
			n := rapid.IntRange(0, len(all)-1).Draw(t, "which")
			if rapid.IntRange(0, 9).Draw(t, "step") == 0 {
				all = append(all, told{all[n].Clone(), maps.Clone(all[n].own)})
				continue
			}
			var c contact.Contact
			c.Merge.Into = rapid.SampledFrom([]contact.ID{"", "ada", "ada", "ada", "eve"}).Draw(t, "into")
			c.Merge.At = domain.Position(rapid.IntRange(1, 9).Draw(t, "at"))
			if rapid.Bool().Draw(t, "moved") {
				c.Merge.Before = []domain.Position{domain.Position(rapid.IntRange(1, 3).Draw(t, "before"))}
			}
			id := rapid.SampledFrom(ids).Draw(t, "id")
			all[n].own[id] = c
			all[n].Put(id, c)
		}
		for _, one := range all {
			for _, into := range []contact.ID{"ada", "eve"} {
				var want []contact.ID
				for id, c := range one.own {
					if c.Merge.Into == into {
						want = append(want, id)
					}
				}
				slices.SortFunc(want, func(a, b contact.ID) int {
					x, y := one.own[a].Merge, one.own[b].Merge
					return cmp.Or(cmp.Compare(x.At, y.At), slices.Compare(x.Before, y.Before), cmp.Compare(a, b))
				})
				if got := one.Absorbed(into); !slices.Equal(got, want) {
					t.Fatalf("%s absorbed %v, told as %v", into, want, got)
				}
			}
		}
	})
}

// BenchmarkPut puts contacts that one contact absorbed, and takes them out again.
func BenchmarkPut(b *testing.B) {
	for b.Loop() {
		var f contact.Family
		for n := range 8000 {
			var c contact.Contact
			c.Merge.Into, c.Merge.At = "ada", domain.Position(n+1)
			f.Put(contact.ID(fmt.Sprint(n)), c)
		}
		for n := range 8000 {
			f.Put(contact.ID(fmt.Sprint(n)), contact.Contact{})
		}
	}
}
