package projections_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/credential"
	"skein/domain/erasure"
	"skein/domain/intake"
	"skein/domain/mailbox"
	"skein/domain/space"
	"skein/projections"
)

// all are the projections there are.
var all = map[string]projections.Projection{
	"contacts": projections.Contacts{}, "spaces": projections.Spaces{},
	"mailboxes": projections.Mailboxes{}, "credentials": projections.Credentials{}, "suggestions": projections.Suggestions{},
	"erasures": projections.Erasures{},
}

// Of a deleted space no row is left in any table, whatever came of it afterwards and
// however the journal was cut into pages; a rebuild before, while and after the space
// is destroyed, and its events leave the journal, finds the same as who followed it
// live (C0-29, D5-6), and so does a backup of the tables from before the deletion, once
// it has caught up (D5-2).
func TestDeletedSpaceShowsNowhere(t *testing.T) {
	t.Parallel()
	db, again := postgrestest.Open(t), postgrestest.Open(t)
	spaceTables := tablesOfSpaces(t, db)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		if runs++; runs > 8 {
			return // each run rebuilds all there is
		}
		ctx := context.Background()
		for _, pool := range []*pgxpool.Pool{db, again} {
			empty(ctx, t, pool)
		}
		h := build(t, fmt.Sprintf("d%d-", runs))
		stays, _, err := h.CreateSpace(ctx, by, space.Create{Organization: h.room.Space.Organization, Name: "Stays"})
		if err != nil {
			t.Fatal(err)
		}
		var people []contact.ID
		for range rapid.IntRange(5, 30).Draw(t, "before") {
			h.live(ctx, t, &people)
		}
		h.furnish(t)
		if _, err := h.DeleteSpace(ctx, by, h.room.Space.Organization, h.room.ID, h.room.Space.Name); err != nil {
			t.Fatal(err)
		}
		deleted := h.journal.All(0)[len(h.journal.All(0))-1].Position
		h.late(t, people)
		history := h.journal.All(0)
		end := history[len(history)-1].Position

		for name, projection := range all {
			p := &projections.Projector{Name: name, Projection: projection, DB: db}
			for from := domain.Position(0); from < end; {
				if rapid.IntRange(0, 9).Draw(t, "restart") == 0 {
					p = &projections.Projector{Name: name, Projection: projection, DB: db}
				}
				to := min(end, from+domain.Position(rapid.IntRange(1, 20).Draw(t, "page")))
				if err := p.Follow(ctx, projections.Page{Events: history[from:to], End: to}); err != nil {
					t.Fatal(err)
				}
				from = to
			}
		}
		live := dumpAll(ctx, t, db)
		for table, column := range spaceTables {
			var rows int
			if err := db.QueryRow(ctx, `SELECT count(*) FROM `+table+` WHERE `+column+` = $1`, h.room.ID).Scan(&rows); err != nil {
				t.Fatal(err)
			}
			if rows > 0 {
				t.Errorf("%d rows of the deleted space are in %s", rows, table)
			}
		}
		scavenged := slices.Clone(history) // as the journal is in the midst of a scavenge
		for _, stream := range streamsOf(history, h.room.ID) {
			cut := uint64(rapid.IntRange(0, 4).Draw(t, "scavenged of a stream"))
			scavenged = slices.DeleteFunc(scavenged, func(r domain.Recorded) bool { return r.Stream == stream && r.Revision < cut })
		}
		destroyed := slices.DeleteFunc(slices.Clone(history), func(r domain.Recorded) bool { return slices.Contains(streamsOf(history, h.room.ID), r.Stream) })
		for what, journal := range map[string][]domain.Recorded{"whole": history, "scavenged in part": scavenged, "scavenged": destroyed} {
			empty(ctx, t, again)
			for name, projection := range all {
				p := &projections.Projector{Name: name, Projection: projection, DB: again}
				if err := p.Rebuild(ctx, listed(journal), nil); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(live, dumpAll(ctx, t, again)); diff != "" {
				t.Fatalf("rebuilt otherwise from the %s journal (-live +rebuilt):\n%s", what, diff)
			}
		}
		backup := rapid.IntRange(0, int(deleted)-1).Draw(t, "backup")
		since := slices.DeleteFunc(slices.Clone(destroyed), func(r domain.Recorded) bool { return r.Position <= domain.Position(backup) })
		empty(ctx, t, again)
		for name, projection := range all {
			p := &projections.Projector{Name: name, Projection: projection, DB: again}
			for _, page := range []projections.Page{{Events: history[:backup], End: domain.Position(backup)}, {Events: since, End: end}} {
				if err := p.Follow(ctx, page); err != nil {
					t.Fatal(err)
				}
			}
		}
		if diff := cmp.Diff(live, dumpAll(ctx, t, again)); diff != "" {
			t.Fatalf("a backup from %d shows otherwise once it has caught up (-live +backup):\n%s", backup, diff)
		}
		list, _, err := projections.ListDeletions(ctx, db, h.room.Space.Organization, "", 10)
		if err != nil || len(list) != 1 || list[0].Space != h.room.ID || list[0].Position != deleted {
			t.Errorf("the deletions are %+v, %v", list, err)
		}
		spaces, _, err := projections.ListSpaces(ctx, db, h.room.Space.Organization, "", "", 10)
		if err != nil || len(spaces) != 1 || spaces[0].ID != stays {
			t.Errorf("the spaces are %+v, %v", spaces, err)
		}
	})
}

// furnish adds what living does not bring about.
func (h *house) furnish(t *rapid.T) {
	t.Helper()
	ctx := context.Background()
	_, err := h.Space(ctx, by, h.room, space.Assign{User: "grace", Role: space.Manager})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.IssueCredential(ctx, by, credential.ID("key"+h.room.ID), credential.Issue{
		Organization: h.room.Space.Organization, Holder: "credential:key", Space: h.room.ID, Role: space.Owner, Label: "shop", Hash: "#",
	}); err != nil {
		t.Fatal(err)
	}
	h.record(t, mailbox.Key{Space: h.room.ID, ID: "box"}.Stream(),
		mailbox.Connected{Name: "Us"}, mailbox.FolderRead{Folder: "INBOX", Messages: 1})
	h.record(t, intake.Key{Space: h.room.ID, Sender: "ada"}.Stream(), intake.TurnedAway{Message: "1"})
	h.record(t, erasure.Key{Space: h.room.ID, Contact: "three"}.Stream(), erasure.Erased{Members: []contact.ID{"three"}})
	two := contact.Key{Space: h.room.ID, ID: "two"}
	h.record(t, conversation.Stream(two), conversation.Commented{Comment: "1", Text: "They are two."})
	h.record(t, two.Stream(), contact.Created{Says: map[contact.Slot]string{"first_name": "Two"}}, contact.Split{Into: "one"})
}

// late records what commands still bring about that had begun before the deletion.
func (h *house) late(t *rapid.T, people []contact.ID) {
	t.Helper()
	says := func(name string) map[contact.Slot]string { return map[contact.Slot]string{"first_name": name} }
	h.record(t, contact.Key{Space: h.room.ID, ID: "late"}.Stream(), contact.Created{Says: says("Late")})
	h.record(t, conversation.Stream(contact.Key{Space: h.room.ID, ID: "late"}), conversation.Commented{Comment: "2", Text: "Late"})
	for _, id := range people {
		h.record(t, contact.Key{Space: h.room.ID, ID: id}.Stream(), contact.Edited{Says: says("Late")})
	}
	h.record(t, h.room.ID.Stream(), space.UserAssigned{User: "late", Role: space.Agent})
	h.record(t, mailbox.Key{Space: h.room.ID, ID: "late"}.Stream(), mailbox.Connected{Name: "Late"}, mailbox.FolderRead{Folder: "INBOX"})
	h.record(t, intake.Key{Space: h.room.ID, Sender: "late"}.Stream(), intake.TurnedAway{Message: "1"})
	h.record(t, erasure.Key{Space: h.room.ID, Contact: "late"}.Stream(), erasure.Erased{Members: []contact.ID{"late"}})
	h.record(t, credential.ID("late"+h.room.ID).Stream(), credential.Issued{Organization: h.room.Space.Organization, Space: h.room.ID, Role: space.Agent})
}

// record records events though no command would.
func (h *house) record(t rapidOrTest, s domain.Stream, events ...domain.Event) {
	t.Helper()
	length := uint64(0)
	for range h.journal.Read(context.Background(), s, 0) {
		length++
	}
	if _, err := h.journal.Append(context.Background(), s, length, by, events...); err != nil {
		t.Fatal(err)
	}
}

// streamsOf are the streams that go with a space.
func streamsOf(history []domain.Recorded, id space.ID) (streams []domain.Stream) {
	for _, r := range history {
		in, own := r.Stream.Parts()
		e, issued := r.Event.(credential.Issued)
		if in == string(id) || r.Stream.Category() == "space" && own == string(id) || issued && e.Space == id {
			streams = append(streams, r.Stream)
		}
	}
	slices.Sort(streams)
	return slices.Compact(streams)
}

// listed yields events as a journal does.
func listed(events []domain.Recorded) projections.Journal {
	return func(_ context.Context, after domain.Position) iter.Seq2[domain.Recorded, error] {
		return func(yield func(domain.Recorded, error) bool) {
			for _, r := range events {
				if r.Position > after && !yield(r, nil) {
					return
				}
			}
		}
	}
}

// tablesOfSpaces are the tables of the schema with rows that belong to a space, each
// with the column that says to which.
func tablesOfSpaces(t *testing.T, db *pgxpool.Pool) map[string]string {
	t.Helper()
	rows, err := db.Query(t.Context(), `
		SELECT table_name::text FROM information_schema.columns WHERE table_schema = current_schema() AND column_name = 'space'`)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string]string{"spaces": "id"}
	for _, name := range names {
		tables[name] = "space"
	}
	for _, projection := range all {
		for _, name := range projection.Tables() {
			if tables[name] == "" && name != "space_deletions" {
				t.Errorf("no column of %s says which space a row belongs to", name)
			}
		}
	}
	return tables
}

// empty empties all tables of all projections.
func empty(ctx context.Context, t *rapid.T, db *pgxpool.Pool) {
	t.Helper()
	for _, table := range tables() {
		if _, err := db.Exec(ctx, `TRUNCATE `+table); err != nil {
			t.Fatal(err)
		}
	}
}

func tables() []string {
	list := []string{"checkpoints", "deleted_spaces", "parked_events"}
	for _, projection := range all {
		list = append(list, projection.Tables()...)
	}
	slices.Sort(list)
	return list
}

// dumpAll is all rows of all projections.
func dumpAll(ctx context.Context, t *rapid.T, db *pgxpool.Pool) (dump []string) {
	t.Helper()
	for _, table := range tables() {
		if table == "checkpoints" {
			continue
		}
		rows, err := db.Query(ctx, `SELECT $1 || ' ' || to_jsonb(t)::text FROM `+table+` t ORDER BY 1`, table)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		dump = append(dump, lines...)
	}
	return dump
}
