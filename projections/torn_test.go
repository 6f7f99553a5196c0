package projections_test

import (
	"context"
	"encoding/json"
	"iter"
	"testing"
	"time"

	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/erasure"
	"skein/domain/process"
	"skein/projections"
)

// A read model that was filled in the midst of an erasure is filled anew though it is known
// that the process has ended before it is known that somebody was erased.
func TestMendKnowsWhoWasErased(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := postgrestest.Open(t)
	h := furnished(t, "torn-")
	erasing := process.Key{Space: h.room.ID, ID: "erasing"}.Stream()
	h.record(t, erasing, process.Started{What: "erase", Asked: json.RawMessage(`{}`)})
	begun := domain.Position(len(h.journal.All(0)))
	all := map[string]*projections.Projector{}
	for name, p := range map[string]projections.Projection{"processes": projections.Processes{}, "erasures": projections.Erasures{}, "contacts": projections.Contacts{}} {
		all[name] = &projections.Projector{Name: name, Projection: p, DB: db}
	}
	if err := projections.NoteBegun(ctx, db, begun, "contacts", "processes", "erasures"); err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		follow(ctx, t, p, h.journal, 0)
	}
	if done, err := projections.Mend(ctx, db, all, from(h.journal)); done || err != nil {
		t.Fatal(done, err)
	}
	h.record(t, erasure.Key{Space: h.room.ID, Contact: "ada"}.Stream(), erasure.Erased{Members: []contact.ID{"ada"}})
	h.record(t, erasing, process.Ended{Outcome: process.Done})
	follow(ctx, t, all["processes"], h.journal, begun) // the others come later
	soon, stop := context.WithTimeout(ctx, 300*time.Millisecond)
	defer stop()
	if done, err := projections.Mend(soon, db, all, from(h.journal)); err == nil && done {
		t.Error("it is done where nobody knows yet who was erased")
	}
	for _, p := range all {
		follow(ctx, t, p, h.journal, begun)
	}
	filled := 0
	if done, err := projections.Mend(ctx, db, all, func(ctx context.Context, after domain.Position) iter.Seq2[domain.Recorded, error] {
		if after == 0 {
			filled++
		}
		return from(h.journal)(ctx, after)
	}); !done || err != nil || filled < len(all) {
		t.Errorf("filled anew %d, done %v, %v", filled, done, err)
	}
}
