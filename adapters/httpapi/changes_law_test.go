package httpapi_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"skein/domain"
	"skein/domain/contact"
)

// Whatever is merged, taken apart, changed and deleted, in whatever order: all that
// happened is told once, and what is told of contacts after a merge or its undoing is
// what the whole journal tells of them up to there (D2-16).
func TestChangesLaw(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	seed := rand.Uint64()
	chance := rand.New(rand.NewPCG(seed, 0))
	var ids []string
	merges := 0
	for n := range 150 {
		if len(ids) < 4 {
			ids = append(ids, w.contact(fmt.Sprintf(`{"first_name":"N%d"}`, n)))
		}
		one, other := ids[chance.IntN(len(ids))], ids[chance.IntN(len(ids))]
		path := "/v1/spaces/{space}/contacts/" + one
		switch chance.IntN(8) {
		case 0, 1, 2, 3:
			if w.ask("POST", path+"/merge", `{"absorb":"`+other+`"}`).StatusCode == http.StatusOK {
				merges++
			}
		case 4, 5:
			w.ask("POST", path+"/unmerge", `{}`)
		case 6:
			w.ask("PATCH", path, fmt.Sprintf(`{"fields":{"last_name":"L%d"}}`, n))
		default:
			if chance.IntN(5) == 0 && w.ask("DELETE", path+confirmed, "").StatusCode == http.StatusNoContent {
				ids = slices.DeleteFunc(ids, func(id string) bool { return id == one })
			}
		}
	}
	told := map[domain.Position]sent{}
	last := domain.Position(0)
	for next := domain.Position(0); next < w.end(); {
		var changes []sent
		changes, next = w.page(fmt.Sprintf("?wait=0&limit=7&after=%d", next))
		for _, c := range changes {
			if c.Position <= last {
				t.Errorf("seed %d: after %d comes %d", seed, last, c.Position)
			}
			told[c.Position], last = c, c.Position
		}
	}
	var family contact.Family
	for _, r := range w.journal.All(0) {
		in, _ := r.Stream.Parts()
		if c := r.Stream.Category(); r.Stream != w.space.Stream() && (in != string(w.space) || c != "contact" && c != "inbox" && c != "conversation") {
			continue
		}
		c, there := told[r.Position]
		delete(told, r.Position)
		if !there || c.Kind != r.Kind() {
			t.Errorf("seed %d: %s at %d is told as %+v", seed, r.Kind(), r.Position, c)
		}
		if r.Stream.Category() != "contact" {
			continue
		}
		family.Tell(r)
		for _, one := range c.After {
			id := contact.ID(one.ID)
			if diff := cmp.Diff(family.Told(id).Fields(), one.Fields); diff != "" {
				t.Errorf("seed %d: after %s at %d, %s is told otherwise:\n%s", seed, c.Kind, c.Position, id, diff)
			}
			if root := string(family.Root(id)); one.PartOf != root && (one.PartOf != "" || root != one.ID) {
				t.Errorf("seed %d: after %s at %d, %s is a part of %q, want %q", seed, c.Kind, c.Position, id, one.PartOf, root)
			}
		}
		if merge := c.Kind == "contact.merged" || c.Kind == "contact.unmerged"; merge != (len(c.After) >= 2) {
			t.Errorf("seed %d: %s at %d tells of %d contacts", seed, c.Kind, c.Position, len(c.After))
		}
	}
	if len(told) > 0 || merges < 3 {
		t.Errorf("seed %d: told of %v, and %d merges", seed, told, merges)
	}
}
