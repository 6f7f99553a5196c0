package projections_test

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/audit"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/credential"
	"skein/domain/erasure"
	"skein/domain/intake"
	"skein/domain/mailbox"
	"skein/domain/organization"
	"skein/domain/pair"
	"skein/domain/process"
	"skein/domain/space"
	"skein/projections"
	"skein/projections/verify"
)

// others are the projections but that of contacts, for which there is a verification of
// its own.
var others = map[string]projections.Projection{
	"spaces": projections.Spaces{}, "mailboxes": projections.Mailboxes{}, "credentials": projections.Credentials{},
	"audit": projections.Audit{}, "processes": projections.Processes{}, "suggestions": projections.Suggestions{},
	"erasures": projections.Erasures{},
}

// furnished is a house of which each of the other projections has something to tell in
// each of its tables.
func furnished(t rapidOrTest, name string) *house {
	h := build(t, name)
	in := h.room.ID
	doomed, _, err := h.CreateSpace(context.Background(), by, space.Create{Organization: organization.ID(name), Name: "Doomed"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.DeleteSpace(context.Background(), by, organization.ID(name), doomed, "Doomed"); err != nil {
		t.Fatal(err)
	}
	h.record(t, in.Stream(), space.UserAssigned{User: "eve", Role: space.Agent}, space.FieldDefined{Key: "city", Label: "City", Type: space.Text})
	grace := map[contact.Slot]string{"first_name": "Grace", "last_name": "Hopper", "email": "grace@example.org"}
	for _, id := range []contact.ID{"a", "b", "c", "d"} {
		h.record(t, contact.Key{Space: in, ID: id}.Stream(), contact.Created{Says: grace})
	}
	h.record(t, contact.Key{Space: in, ID: "d"}.Stream(), contact.Merged{Survivor: "c"})
	h.record(t, pair.KeyOf(in, "a", "b").Stream(), pair.JudgedDistinct{})
	h.record(t, mailbox.Key{Space: in, ID: "box"}.Stream(),
		mailbox.Connected{Name: "us"}, mailbox.FolderRead{Folder: "Family", Cursor: mailbox.Cursor{Validity: 7, UID: 5}, Messages: 5, Senders: 2})
	h.record(t, intake.Key{Space: in, Sender: "eve"}.Stream(), intake.TurnedAway{Message: conversation.MessageID("1")})
	h.record(t, credential.ID(name+"till").Stream(), credential.Issued{Organization: organization.ID(name), Holder: "ada", Space: in, Role: space.Agent, Label: "till"})
	h.record(t, audit.Stream(organization.ID(name), "1"), audit.Noted{Action: "putMember", Outcome: audit.Done, About: audit.About{Space: in}})
	h.record(t, erasure.Key{Space: in, Contact: "e"}.Stream(), erasure.Erased{Members: []contact.ID{"e"}, Streams: 2}, erasure.Removed{})
	h.record(t, process.Key{Space: in, ID: "one"}.Stream(), process.Started{What: "split", Asked: json.RawMessage(`{}`)})
	return h
}

// compared is what a comparison tells, a line each.
func compared(t rapidOrTest, p *projections.Projector, from projections.Journal) (all []string, at domain.Position) {
	t.Helper()
	at, err := p.Compare(context.Background(), from, func(d verify.Difference) { all = append(all, d.String()) }, nil)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all, at
}

// Whatever is changed in any column of any table, or is missing there, is found and named
// by its key and column, and nothing else is, nor any value (D5-6).
func TestCompareFindsWhatDiffers(t *testing.T) {
	t.Parallel()
	for name, projection := range others {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := postgrestest.Open(t)
			h := furnished(t, "f-")
			p := &projections.Projector{Name: name, Projection: projection, DB: db}
			end := follow(t.Context(), t, p, h.journal, 0)
			if all, at := compared(t, p, from(h.journal)); len(all) > 0 || at != end {
				t.Fatalf("at %d of %d of what nobody changed it is told that %v", at, end, all)
			}
			for _, table := range append(p.Tables(), "deleted_spaces") {
				for _, change := range changes(t, db, table) {
					changed(t, db, table, change, func() {
						all, _ := compared(t, p, from(h.journal))
						if len(all) == 0 {
							t.Errorf("%s is not found", change)
						}
						for _, line := range all {
							column, is := strings.CutPrefix(change, "UPDATE "+table+" SET ")
							column, _, _ = strings.Cut(column, " ")
							right := strings.HasSuffix(line, " "+column+": is not what the journal tells") ||
								strings.HasSuffix(line, ": is missing") || is && strings.HasSuffix(line, ": is one too many")
							if !strings.HasPrefix(line, table+" ") || !right {
								t.Errorf("%s is told as %s", change, line)
							}
							for _, never := range []string{"grace", "Grace", "Hopper", "Family", "Lab"} {
								if left, _, _ := strings.Cut(line, ":"); strings.Contains(left, never) {
									t.Errorf("%s prints %s", line, never)
								}
							}
						}
					})
				}
			}
			if all, _ := compared(t, p, from(h.journal)); len(all) > 0 {
				t.Errorf("at the end it is told that %v", all)
			}
		})
	}
}

// changes are statements that each change a row of a table in one column, or remove one.
func changes(t *testing.T, db *pgxpool.Pool, table string) (all []string) {
	t.Helper()
	rows, err := db.Query(t.Context(), `
		SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 AND column_name <> 'projection'`, table)
	if err != nil {
		t.Fatal(err)
	}
	one := ` WHERE ctid = (SELECT min(ctid) FROM ` + table + `)`
	for rows.Next() {
		var column, kind string
		if err := rows.Scan(&column, &kind); err != nil {
			t.Fatal(err)
		}
		change := map[string]string{
			"text": `coalesce(` + column + `, '') || '!'`, "bigint": `coalesce(` + column + `, 0) + 1`, "integer": column + ` + 1`, "boolean": `NOT ` + column,
			"timestamp with time zone": `coalesce(` + column + `, now()) + interval '1 microsecond'`,
			"jsonb":                    `CASE jsonb_typeof(` + column + `) WHEN 'array' THEN ` + column + ` || '["!"]' ELSE ` + column + ` || '{"!":"!"}' END`,
		}[kind]
		all = append(all, `UPDATE `+table+` SET `+column+` = `+change+one)
	}
	return append(all, `DELETE FROM `+table+one)
}

// changed calls do while a table is changed.
func changed(t *testing.T, db *pgxpool.Pool, table, change string, do func()) {
	t.Helper()
	for _, step := range []string{
		`CREATE TABLE kept AS TABLE ` + table, change, ``,
		`TRUNCATE ` + table, `INSERT INTO ` + table + ` TABLE kept`, `DROP TABLE kept`,
	} {
		if step == "" {
			do()
			continue
		}
		tag, err := db.Exec(t.Context(), step)
		if err != nil || step == change && tag.RowsAffected() == 0 {
			t.Fatalf("%s: %s, %v", step, tag, err)
		}
	}
}

// Each table of the database is compared, or is known not to be told by the journal.
func TestEachTableIsCompared(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	tables := map[string]bool{
		"deleted_spaces": true, "parked_events": true, // with each projection
		"checkpoints": false, "journal": false, "schema_version": false, "credential_uses": false, "space_destructions": false,
	}
	for _, projection := range append(slices.Collect(maps.Values(others)), projections.Contacts{}) {
		for _, table := range projection.Tables() {
			tables[table] = true
		}
	}
	rows, err := db.Query(t.Context(), `SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			t.Fatal(err)
		}
		if _, known := tables[table]; !known {
			t.Errorf("nobody knows whether %s is told by the journal", table)
		}
	}
}
