package projections_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/adapters/memory"
	"skein/adapters/postgres/postgrestest"
	"skein/commands"
	"skein/domain"
	"skein/domain/audit"
	"skein/domain/organization"
	"skein/domain/space"
	"skein/projections"
)

// Whatever is noted, the log shows exactly those entries of the organization that the
// filter lets through, the last one first, on any way through its pages, live and
// rebuilt; that a space is deleted takes none of them away (D5-4).
func TestAudit(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		if runs++; runs > 20 {
			return // each run rebuilds all there is
		}
		ctx := context.Background()
		if _, err := db.Exec(ctx, `TRUNCATE audit, checkpoints, deleted_spaces`); err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
		journal := &memory.Journal{Now: func() time.Time { return now }}
		ids := 0
		h := &commands.Handler{Journal: journal, NewID: func() string { ids++; return fmt.Sprint(ids) }}
		p := &projections.Projector{Name: "audit", Projection: projections.Audit{}, DB: db}
		told := []projections.AuditEntry{}
		for range rapid.IntRange(1, 30).Draw(t, "entries") {
			now = now.Add(time.Minute)
			by := domain.By{Actor: rapid.SampledFrom([]domain.Actor{"ada", "eve"}).Draw(t, "actor"), Request: "r-1"}
			of := rapid.SampledFrom([]organization.ID{"engines", "engines", "others"}).Draw(t, "organization")
			one := audit.Noted{
				Action:  rapid.SampledFrom([]string{"putMember", "deleteSpace"}).Draw(t, "action"),
				Outcome: rapid.SampledFrom([]audit.Outcome{audit.Done, audit.Refused}).Draw(t, "outcome"), Address: "192.0.2.1",
				About: audit.About{Space: rapid.SampledFrom([]space.ID{"", "lab", "shop"}).Draw(t, "space"), Users: []audit.User{{ID: "kit", Role: "agent"}}},
			}
			if err := h.Note(ctx, by, of, one); err != nil {
				t.Fatal(err)
			}
			if of == "engines" {
				told = append(told, projections.AuditEntry{Position: domain.Position(len(journal.All(0))), At: now, Actor: by.Actor, Request: "r-1", Noted: one})
			}
		}
		if _, err := journal.Append(ctx, "organization-engines", 0, domain.By{}, organization.SpaceDeleted{Space: "lab"}); err != nil {
			t.Fatal(err)
		}
		f := projections.AuditFilter{
			Actor:   rapid.SampledFrom([]domain.Actor{"", "ada", "kit", "a\x00"}).Draw(t, "by"),
			Action:  rapid.SampledFrom([]string{"", "", "putMember", "\xff"}).Draw(t, "only"),
			Outcome: rapid.SampledFrom([]audit.Outcome{"", "", audit.Refused}).Draw(t, "came to"),
			Space:   rapid.SampledFrom([]space.ID{"", "", "lab"}).Draw(t, "in"),
		}
		if rapid.Bool().Draw(t, "times") {
			f.From, f.Until = now.Add(-20*time.Minute), now.Add(-3*time.Minute)
		}
		want := slices.DeleteFunc(slices.Clone(told), func(e projections.AuditEntry) bool {
			return f.Actor != "" && e.Actor != f.Actor || f.Action != "" && e.Action != f.Action || f.Outcome != "" && e.Outcome != f.Outcome ||
				f.Space != "" && e.Space != f.Space || e.At.Before(f.From) || !f.Until.IsZero() && !e.At.Before(f.Until)
		})
		slices.Reverse(want)
		shows := func(when string) {
			all := []projections.AuditEntry{}
			for cursor := ""; ; {
				page, next, err := projections.ListAudit(ctx, db, "engines", f, cursor, rapid.IntRange(1, 7).Draw(t, "limit"))
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, page...)
				if cursor = next; cursor == "" {
					break
				}
			}
			for i := range all {
				all[i].At = all[i].At.UTC()
			}
			if diff := cmp.Diff(want, all); diff != "" {
				t.Fatalf("%s (-told +listed):\n%s", when, diff)
			}
		}
		follow(ctx, t, p, journal, 0)
		shows("live")
		if err := p.Rebuild(ctx, from(journal), nil); err != nil {
			t.Fatal(err)
		}
		shows("rebuilt")
	})
}

// A cursor belongs to its filter and its organization.
func TestAuditCursor(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	ctx := t.Context()
	journal := &memory.Journal{}
	ids := 0
	h := &commands.Handler{Journal: journal, NewID: func() string { ids++; return fmt.Sprint(ids) }}
	for range 2 {
		if err := h.Note(ctx, by, "engines", audit.Noted{Action: "putMember", Outcome: audit.Done}); err != nil {
			t.Fatal(err)
		}
	}
	follow(ctx, t, &projections.Projector{Name: "audit", Projection: projections.Audit{}, DB: db}, journal, 0)
	_, next, err := projections.ListAudit(ctx, db, "engines", projections.AuditFilter{}, "", 1)
	if err != nil || next == "" {
		t.Fatal(next, err)
	}
	if _, _, err := projections.ListAudit(ctx, db, "engines", projections.AuditFilter{Actor: "ada"}, next, 1); err == nil {
		t.Error("goes on with another filter")
	}
	if _, _, err := projections.ListAudit(ctx, db, "others", projections.AuditFilter{}, next, 1); err == nil {
		t.Error("goes on in another organization")
	}
}
