package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Every stream has one author, and whatever its author writes goes behind what is
// there: so a node has nothing to refuse.
func TestAuthors(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		authors := authorsOf("contact", rapid.IntRange(1, 4).Draw(t, "authors"))
		lengths, writers := map[string]uint64{}, map[string]int{}
		for range rapid.IntRange(1, 50).Draw(t, "turns") {
			by := rapid.IntRange(0, len(authors)-1).Draw(t, "by")
			to, events := passage{}, 1
			if rapid.Bool().Draw(t, "begins") {
				events = 10
				to = authors[by].begin(events)
			} else {
				to = authors[by].next()
			}
			if other, known := writers[to.stream]; known && other != by || to.length != lengths[to.stream] {
				t.Fatalf("%s is of author %d with %d events, not of %d with %d", to.stream, other, lengths[to.stream], by, to.length)
			}
			lengths[to.stream] += uint64(events)
			writers[to.stream] = by
		}
	})
}

// All events that nodes are measured with have the same number of bytes.
func TestSheets(t *testing.T) {
	t.Parallel()
	for n, e := range sheets() {
		if len(e.Data) != sheet {
			t.Fatalf("event %d has %d bytes", n, len(e.Data))
		}
	}
}

func TestEngineIsUnderstood(t *testing.T) {
	t.Parallel()
	var l lab
	if err := l.noteEngine(`goos: linux
BenchmarkEngine/pebble/32-2         	  459367	     11335 ns/op	     88223 op/s
BenchmarkEngine/append/32-2         	  237453	     10116 ns/op	     98860.5 op/s
PASS`); err != nil {
		t.Fatal(err)
	}
	if err := l.noteEngine("PASS"); err == nil {
		t.Error("nothing was measured, and nobody says so")
	}
	want := []*finding{{
		What: "writers: 32, beside Pebble, three keys each", Unit: "/s",
		Ours: []float64{98860.5}, Limit: []float64{88223}, Goals: []goal{atLeastTimes(0.8)},
	}}
	if diff := cmp.Diff(want, l.Findings); diff != "" {
		t.Errorf("noted otherwise (-want +got):\n%s", diff)
	}
}
