package projections_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"skein/adapters/postgres/postgrestest"
	"skein/domain/contact"
	"skein/migrations"
	"skein/projections"
)

// What a database of an earlier version tells of deleted contacts becomes what is told of
// them now, and nobody else is told otherwise.
func TestStoriesOfOldAreCleared(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := postgrestest.Open(t)
	h := build(t, "stories-")
	for _, id := range []contact.ID{"ada", "eve"} {
		h.record(t, contact.Key{Space: h.room.ID, ID: id}.Stream(), contact.Created{Says: map[contact.Slot]string{"first_name": "Ada", "#poet": "on"}},
			contact.Split{Into: "new" + id, Says: map[contact.Slot]string{"#poet": "on"}})
		h.record(t, contact.Key{Space: h.room.ID, ID: "of " + id}.Stream(), contact.Created{Says: map[contact.Slot]string{"first_name": "Lord"}},
			contact.Merged{Survivor: id, Choices: map[string]contact.Choice{"first_name": contact.Absorbeds}})
	}
	h.record(t, contact.Key{Space: h.room.ID, ID: "ada"}.Stream(), contact.Deleted{})
	for name, projection := range map[string]projections.Projection{"contacts": projections.Contacts{}, "suggestions": projections.Suggestions{}} {
		follow(ctx, t, &projections.Projector{Name: name, Projection: projection, DB: db}, h.journal, 0)
	}
	stories := func() (all []string) {
		if err := db.QueryRow(ctx, `
			SELECT array_agg(id || story::text ORDER BY id, story::text) FROM (
				SELECT id, story FROM contact_stories UNION ALL SELECT id, story FROM suggestion_stories) AS s`).Scan(&all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	want := stories()
	run := func(sql string) {
		t.Helper()
		if tag, err := db.Exec(ctx, sql); err != nil || tag.RowsAffected() == 0 {
			t.Fatalf("%s: %s, %v", sql, tag, err)
		}
	}
	for _, table := range []string{"contact_stories", "suggestion_stories"} {
		run(`UPDATE ` + table + ` SET story = story || '{"gave": {"#poet": "newada"}}' WHERE id = 'ada'`)
		run(`UPDATE ` + table + ` SET story = jsonb_set(story, '{merge,choices}', '{"first_name": "absorbed"}') WHERE id = 'of ada'`)
	}
	if cmp.Equal(want, stories()) {
		t.Fatal("there is nothing to clear")
	}
	step, err := migrations.Files.ReadFile("0020_erasures.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, clearing, _ := strings.Cut(string(step), "UPDATE ")
	for sql := range strings.SplitSeq("UPDATE "+clearing, ";") {
		if strings.TrimSpace(sql) != "" {
			run(sql)
		}
	}
	if diff := cmp.Diff(want, stories()); diff != "" {
		t.Errorf("told otherwise (-now +cleared):\n%s", diff)
	}
}
