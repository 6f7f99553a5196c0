package projections_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/process"
	"skein/domain/space"
	"skein/projections"
)

// A process is unfinished from its start to its end, unless its space is deleted before.
func TestProcesses(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	h := build(t, "processes")
	p := &projections.Projector{Name: "processes", Projection: projections.Processes{}, DB: db}
	record := func(id process.ID, length uint64, events ...domain.Event) {
		t.Helper()
		if _, err := h.journal.Append(t.Context(), process.Key{Space: h.room.ID, ID: id}.Stream(), length, by, events...); err != nil {
			t.Fatal(err)
		}
	}
	unfinished := func(want ...process.ID) {
		t.Helper()
		follow(t.Context(), t, p, h.journal, 2)
		list, full, err := projections.UnfinishedProcesses(t.Context(), db, h.room.ID, "")
		if err != nil || full {
			t.Fatal(full, err)
		}
		spaces, err := projections.UnfinishedSpaces(t.Context(), db)
		if err != nil || (len(spaces) == 0) != (len(want) == 0) {
			t.Errorf("unfinished in %v, %v", spaces, err)
		}
		var ids []process.ID
		for _, one := range list {
			if one.Space != h.room.ID || one.What != "split" || one.Alive.IsZero() {
				t.Errorf("unfinished: %+v", one)
			}
			ids = append(ids, one.ID)
		}
		if diff := cmp.Diff(want, ids); diff != "" {
			t.Errorf("unfinished otherwise (-want +got):\n%s", diff)
		}
	}
	split := process.Started{What: "split", Asked: json.RawMessage(`{}`)}
	record("one", 0, split)
	record("two", 0, split)
	record("three", 0, split)
	unfinished("one", "three", "two")
	record("one", 1, process.GoneOn{})
	unfinished("one", "three", "two")
	record("two", 1, process.TurnedBack{Refusal: process.Refusal{Reason: domain.Conflict, Code: "no"}})
	unfinished("one", "three", "two")
	record("two", 2, process.Ended{Outcome: process.Undone})
	record("three", 1, process.Ended{Outcome: process.Done})
	unfinished("one")
	if err := p.Rebuild(t.Context(), from(h.journal), nil); err != nil {
		t.Fatal(err)
	}
	unfinished("one")
	if _, err := h.DeleteSpace(t.Context(), by, "processes", h.room.ID, "Lab"); err != nil {
		t.Fatal(err)
	}
	unfinished()
}

// However many a space has, the next ones are listed.
func TestProcessesInTurn(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	if _, err := db.Exec(t.Context(), `
		INSERT INTO processes SELECT 'lab', lpad(n::text, 3, '0'), 'split', now() FROM generate_series(0, 249) n
		UNION ALL SELECT 'yard', 'late', 'split', now()`); err != nil {
		t.Fatal(err)
	}
	var all []process.ID
	for full, last := true, process.ID(""); full; last = all[len(all)-1] {
		var next []projections.Unfinished
		var err error
		if next, full, err = projections.UnfinishedProcesses(t.Context(), db, "lab", last); err != nil {
			t.Fatal(err)
		}
		for _, one := range next {
			all = append(all, one.ID)
		}
	}
	if len(all) != 250 || !slices.IsSorted(all) {
		t.Errorf("%d are listed: %v", len(all), all)
	}
	spaces, err := projections.UnfinishedSpaces(t.Context(), db)
	if diff := cmp.Diff([]space.ID{"lab", "yard"}, spaces); diff != "" || err != nil {
		t.Error(diff, err)
	}
}
