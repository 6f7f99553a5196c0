package projections_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"skein/adapters/memory"
	"skein/adapters/postgres/postgrestest"
	"skein/commands"
	"skein/domain/credential"
	"skein/domain/space"
	"skein/projections"
)

// Whatever happens to credentials, the list tells what their histories tell, live
// and rebuilt, on any way through its pages; a rebuild forgets no use.
func TestCredentials(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		if runs++; runs > 20 {
			return // each run rebuilds all there is
		}
		ctx := context.Background()
		if _, err := db.Exec(ctx, `TRUNCATE credentials, credential_uses, checkpoints`); err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
		clock := func() time.Time { return now }
		journal := &memory.Journal{Now: clock}
		h := &commands.Handler{Journal: journal, Now: clock}
		p := &projections.Projector{Name: "credentials", Projection: projections.Credentials{}, DB: db}
		whoever := func(credential.Credential) error { return nil }
		told := map[credential.ID]*projections.Credential{}
		var ids []credential.ID
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			now = now.Add(time.Minute)
			id := credential.ID(fmt.Sprintf("0199dead-0000-7000-8000-%012d", len(ids)))
			what := rapid.IntRange(0, 3).Draw(t, "what")
			if what < 2 || len(ids) == 0 {
				cmd := credential.Issue{Organization: "engines", Holder: id.Actor(), Space: "lab", Role: space.Agent, Label: "till", Hash: "#"}
				one := &projections.Credential{ID: id, Prefix: fmt.Sprintf("skn_0199dead000070008000%012d", len(ids)), Label: "till", Role: new(space.Agent), Created: now}
				if rapid.Bool().Draw(t, "expires") {
					cmd.Expires = now.Add(24 * time.Hour)
					one.Expires = &cmd.Expires
				}
				if _, err := h.IssueCredential(ctx, by, id, cmd); err != nil {
					t.Fatal(err)
				}
				ids, told[id] = append(ids, id), one
				continue
			}
			id = rapid.SampledFrom(ids).Draw(t, "which")
			if what == 2 {
				if _, err := h.RotateCredential(ctx, by, id, "##", time.Hour, whoever); err == nil {
					told[id].Rotated, told[id].OldUntil = new(now), new(now.Add(time.Hour))
				}
				continue
			}
			if _, err := h.RevokeCredential(ctx, by, id, whoever); err != nil {
				t.Fatal(err)
			}
			if told[id].Revoked == nil {
				told[id].Revoked = new(now)
			}
		}
		used := rapid.SampledFrom(ids).Draw(t, "used")
		for _, at := range []time.Time{now, now.Add(-time.Hour)} { // which comes late, and changes nothing
			if err := projections.KeepUses(ctx, db, map[credential.ID]time.Time{used: at}); err != nil {
				t.Fatal(err)
			}
		}
		told[used].LastUsed = &now
		var want []projections.Credential
		for _, id := range ids {
			want = append(want, *told[id])
		}
		listed := func(when string) {
			var all []projections.Credential
			for cursor := ""; ; {
				page, next, err := projections.CredentialsOf(ctx, db, "lab", cursor, rapid.IntRange(1, 5).Draw(t, "limit"))
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, page...)
				if cursor = next; cursor == "" {
					break
				}
			}
			if diff := cmp.Diff(want, all, cmpopts.EquateApproxTime(0)); diff != "" {
				t.Fatalf("%s (-told +listed):\n%s", when, diff)
			}
			if others, _, err := projections.CredentialsOf(ctx, db, "other", "", 10); err != nil || len(others) > 0 {
				t.Fatalf("another space has %v, %v", others, err)
			}
		}
		follow(ctx, t, p, journal, 0)
		listed("live")
		if err := p.Rebuild(ctx, from(journal), nil); err != nil {
			t.Fatal(err)
		}
		listed("rebuilt")
	})
}
