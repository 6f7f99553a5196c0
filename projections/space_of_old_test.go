package projections_test

import (
	"strings"
	"testing"

	"skein/adapters/postgres/postgrestest"
	"skein/domain/space"
	"skein/projections"
)

// What a database of an earlier version has of a space is still understood.
func TestSpaceOfOld(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := postgrestest.Open(t)
	h := build(t, "old-")
	p := &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: db}
	cut := follow(ctx, t, p, h.journal, 0)
	_, err := db.Exec(ctx, `UPDATE contact_spaces SET state = (state - 'Limit') || '{"Users": {"eve": "agent"}}' WHERE space = $1`, h.room.ID)
	if err != nil {
		t.Fatal(err)
	}
	h.limit(ctx, t, 5)
	if _, err := h.Space(ctx, by, h.room, space.Assign{User: "eve", Role: space.Manager, NoExport: true}); err != nil {
		t.Fatal(err)
	}
	follow(ctx, t, p, h.journal, cut)
	var state string
	if err := db.QueryRow(ctx, `SELECT state::text FROM contact_spaces WHERE space = $1`, h.room.ID).Scan(&state); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(state, `"Lab"`) || strings.Contains(state, "eve") {
		t.Errorf("kept as %s", state)
	}
}
