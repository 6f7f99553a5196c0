package main

import (
	"context"
	"log/slog"
	"testing"

	"skein/adapters/postgres/postgrestest"
	"skein/domain/intake"
	"skein/domain/space"
	"skein/projections"
)

// A space that is full holds up no other one, however many wait there and for how long
// (C0-22); whoever of them is a contact by now is heard all the same (C0-23), and once
// there is room those come in first who wait longest.
func TestFullSpaceHoldsUpNobody(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := postgrestest.Open(t)
	if _, err := db.Exec(ctx, `
		INSERT INTO intakes SELECT 'full', lpad(n::text, 4, '0'), 1, timestamptz '2026-01-05' + n * interval '1 second' FROM generate_series(0, 1999) n
		UNION ALL SELECT 'desk', lpad(n::text, 4, '0'), 1, timestamptz '2026-01-31' FROM generate_series(0, 299) n
		UNION ALL SELECT 'yard', 'eve', 1, timestamptz '2026-01-31'`); err != nil {
		t.Fatal(err)
	}
	room := map[space.ID]int{"desk": 300, "yard": 1}
	known, asked, came := "1500", 0, map[space.ID][]string{}
	i := &intaker{db: db, log: slog.New(slog.DiscardHandler), take: func(ctx context.Context, key intake.Key, full bool) (bool, error) {
		asked++
		switch {
		case key.Space == "full" && key.Sender == known:
		case full || room[key.Space] == 0:
			return true, nil
		default:
			room[key.Space]--
		}
		came[key.Space] = append(came[key.Space], key.Sender)
		_, err := db.Exec(ctx, `DELETE FROM intakes WHERE space = $1 AND sender = $2`, key.Space, key.Sender)
		return full, err
	}}
	goThrough := func() {
		for more := true; more; {
			var err error
			if more, err = i.takeUpAll(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	goThrough()
	if len(came["yard"]) != 1 || len(came["desk"]) != 300 || asked > 1000 {
		t.Fatalf("%d came to the desk and %d to the yard after %d were asked for", len(came["desk"]), len(came["yard"]), asked)
	}
	for range 20 {
		goThrough()
	}
	if got := came["full"]; len(got) != 1 || got[0] != known {
		t.Errorf("while it was full %v came", got)
	}
	room["full"] = 3
	goThrough()
	if got := came["full"]; len(got) != 4 || got[1] != "0000" || got[2] != "0001" || got[3] != "0002" {
		t.Errorf("%v came, and not those who waited longest", got)
	}
	room["full"] = 3000
	goThrough()
	if spaces, err := projections.IntakeSpaces(ctx, db); err != nil || len(spaces) > 0 {
		t.Errorf("%v still wait, after %d had come: %v", spaces, len(came["full"]), err)
	}
}
