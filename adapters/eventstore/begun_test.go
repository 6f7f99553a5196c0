package eventstore_test

import (
	"fmt"
	"testing"

	"skein/commands/journaltest"
	"skein/domain"
)

func TestGround(t *testing.T) {
	node := start(t, t.TempDir())
	journaltest.RunGround(t, func(t *testing.T) journaltest.Ground { return open(t, node.Target()) }, func(t *testing.T) {
		if _, err := node.Scavenge(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

// The streams that are looked for are found among many others, and after a scavenge
// those that are left; the journal reads as if the others had never been.
func TestBegunAmongMany(t *testing.T) {
	node := start(t, t.TempDir())
	j := open(t, node.Target())
	want := map[domain.Stream]bool{}
	for i := range 3 {
		backlog := make([]domain.Event, 1500)
		for k := range backlog {
			backlog[k] = named(fmt.Sprint(k))
		}
		if _, err := j.Append(t.Context(), domain.StreamOf("contact", "other", fmt.Sprint(i)), 0, by, backlog...); err != nil {
			t.Fatal(err)
		}
		s := domain.StreamOf("contact", "lab", fmt.Sprint(i))
		if _, err := j.Append(t.Context(), s, 0, by, named("Ada"), named("Eve")); err != nil {
			t.Fatal(err)
		}
		want[s] = true
	}
	for _, left := range []int{3, 2} {
		found := 0
		for r, err := range j.Begun(t.Context(), 0, "contact-lab.") {
			if err != nil || !want[r.Stream] {
				t.Fatalf("%v, %v", r, err)
			}
			found++
		}
		if found != left {
			t.Errorf("found %d streams, want %d", found, left)
		}
		if err := j.Tombstone(t.Context(), "contact-lab.0"); err != nil {
			t.Fatal(err)
		}
		if _, err := node.Scavenge(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	events := 0
	for r, err := range j.All(t.Context(), 0) {
		if err != nil || r.Stream == "contact-lab.0" {
			t.Fatalf("%v, %v", r, err)
		}
		events++
	}
	if events != 3*1500+4 {
		t.Errorf("the journal has %d events", events)
	}
}
