package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// furnish makes a space in which all is that a verification compares, and returns its
// path and the ids of two contacts in it, once all of that is shown.
func (s *server) furnish(name string) (lab, ada, eve string) {
	lab = s.space(name)
	at := ""
	make := func(path, body string) string {
		var made struct{ ID string }
		at = s.ask(http.MethodPost, lab+path, body, &made)
		return made.ID
	}
	ada = make("/contacts", `{"fields":{"first_name":"Ada","email":"ada@example.org"},"tags":["vip"]}`)
	eve = make("/contacts", `{"fields":{"first_name":"Eve","email":"eve@example.org"}}`)
	lord := make("/contacts", `{"fields":{"last_name":"Lovelace","phone":"+4930123456"}}`)
	make("/inboxes", `{"name":"VIP","filter":{"test":{"of":"tag","how":"is","value":"vip"}}}`)
	make("/channels/email/inbound", `{"id":"m1","identity":"kit@example.org","name":"Kit","text":"Hello."}`)
	make("/contacts/"+eve+"/comments", `{"text":"Likes tea."}`)
	make("/contacts/"+ada+"/messages", `{"channel":"email","text":"Hello."}`)
	make("/contacts/"+ada+"/split", `{"fields":["first_name"]}`)
	make("/contacts/"+ada+"/merge", fmt.Sprintf(`{"absorb":%q}`, lord))
	make("/contacts/"+lord+"/unmerge", `{}`)
	make("/contacts/"+ada+"/merge", fmt.Sprintf(`{"absorb":%q}`, lord))
	s.see(lab+"/contacts", at, &struct{}{})
	return lab, ada, eve
}

// rightly fails t unless a verification finds nothing, and returns what it said.
func (s *server) rightly(args ...string) string {
	s.t.Helper()
	said := s.skein(append([]string{"audit", "verify"}, args...)...)
	if !strings.Contains(said, "All is as the journal tells\n") {
		s.t.Errorf("it is said:\n%s", said)
	}
	return said
}

// All is found to be as the journal tells while others write, merge, take apart and
// delete; in all spaces and in one (D5-6).
func TestAuditVerifyBesideWriters(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	lab, ada, eve := s.furnish("Lab")
	doomed, _, _ := s.furnish("Doomed")
	s.rightly()

	writing, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for n := range 4 {
		writers.Go(func() {
			for i := 0; writing.Err() == nil; i++ {
				body := fmt.Sprintf(`{"fields":{"first_name":"X","email":"x%d-%d@example.org"}}`, n, i%7)
				_, _, made := s.send(http.MethodPost, lab+"/contacts/identify", "application/json", strings.NewReader(body), "")
				var one struct{ ID string }
				_ = json.Unmarshal(made, &one)
				for _, step := range [][2]string{
					{lab + "/contacts/" + one.ID + "/comments", `{"text":"Tea?"}`},
					{lab + "/contacts/" + ada + "/merge", fmt.Sprintf(`{"absorb":%q,"choices":{"email":"absorbed","first_name":"absorbed"}}`, one.ID)},
					{lab + "/channels/email/inbound", fmt.Sprintf(`{"id":"%d-%d","identity":"x%d-%d@example.org","text":"Hello."}`, n, i, n, i%7)},
					{lab + "/contacts/" + one.ID + "/unmerge", `{}`},
				} {
					s.send(http.MethodPost, step[0], "application/json", strings.NewReader(step[1]), "")
				}
				if i%5 == n {
					s.send(http.MethodDelete, lab+"/contacts/"+one.ID+"?confirm=true", "", nil, "")
				}
			}
		})
	}
	for i := range rounds(6, 60) {
		if i == 2 {
			s.send(http.MethodDelete, "/organizations/"+string(firstOrganization)+doomed, "application/json", strings.NewReader(`{"confirm":"Doomed"}`), "")
		}
		if i%2 == 0 {
			s.rightly()
		} else {
			s.rightly("--space", strings.TrimPrefix(lab, "/spaces/"))
		}
	}
	stop()
	writers.Wait()
	s.send(http.MethodDelete, lab+"/contacts/"+eve+"?confirm=true", "", nil, "")
	s.rightly()
	if _, err := do(t, "audit", "verify", "--data", s.data, "--space", "none"); err == nil || !strings.Contains(err.Error(), "no such space") {
		t.Errorf("of no space it is said %v", err)
	}
}

func rounds(few, many int) int {
	if os.Getenv("SKEIN_LONG") != "" {
		return many
	}
	return few
}

// Whatever is changed in the tables is found and named, by ids and names of fields and
// no values, and nothing else is (D5-6).
func TestAuditVerifyFindsWhatDiffers(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	lab, ada, eve := s.furnish("Lab")
	other, _, _ := s.furnish("Other")
	s.rightly()
	in, elsewhere := strings.TrimPrefix(lab, "/spaces/"), strings.TrimPrefix(other, "/spaces/")
	db := s.database()
	for what, c := range map[string]struct{ sql, want string }{
		"a field":                 {`UPDATE contacts SET fields = jsonb_set(fields, '{email}', '"eva@example.org"') WHERE space = $1 AND id = $2`, "contacts IN EVE fields.email: is not"},
		"a row less":              {`DELETE FROM contacts WHERE space = $1 AND id = $2`, "contacts IN EVE: is missing"},
		"a row more":              {`INSERT INTO contacts SELECT (jsonb_populate_record(c, jsonb_build_object('id', 'x' || id))).* FROM contacts c WHERE space = $1 AND id = $2`, "contacts IN xEVE: is one too many"},
		"a story":                 {`UPDATE contact_stories SET story = jsonb_set(story, '{values,email,v}', '"eva@example.org"') WHERE space = $1 AND id = $2`, "contact_stories IN EVE story.values.email: is not"},
		"a story less":            {`DELETE FROM contact_stories WHERE space = $1 AND id = $2`, "contact_stories IN EVE: is missing"},
		"a survivor":              {`UPDATE contact_stories SET into_id = 'x' WHERE space = $1 AND id = $2`, "contact_stories IN EVE into_id: is not"},
		"an interaction moved":    {`UPDATE interactions SET owner = $3 WHERE space = $1 AND owner = $2`, "interactions IN EVE at POSITION: is missing\ninteractions IN ADA at POSITION: is one too many"},
		"an interaction less":     {`DELETE FROM interactions WHERE space = $1 AND owner = $2`, "interactions IN EVE at POSITION: is missing"},
		"what was said":           {`UPDATE interactions SET data = '{"text":"Likes coffee."}' WHERE space = $1 AND owner = $2`, "interactions IN EVE at POSITION data: is not"},
		"a merge less":            {`DELETE FROM contact_merges WHERE space = $1 AND survivor = $3 AND undone IS NULL AND $2 <> ''`, "contact_merges IN ID at POSITION: is missing"},
		"a merge that was undone": {`UPDATE contact_merges SET undone = NULL WHERE space = $1 AND survivor = $3 AND undone IS NOT NULL AND $2 <> ''`, "contact_merges IN ID at POSITION undone: is not"},
		"what was split off":      {`UPDATE contact_splits SET of = $2 WHERE space = $1`, "contact_splits IN ID at POSITION of: is not"},
		"the number of contacts":  {`UPDATE contact_spaces SET contacts = contacts + 1 WHERE space = $1 AND $2 <> ''`, "contact_spaces IN contacts: is not"},
		"the number in an inbox":  {`UPDATE inboxes SET contacts = contacts + 1 WHERE space = $1 AND $2 <> ''`, "inboxes IN ID contacts: is not"},
		"messages that were sent": {`UPDATE space_usage SET sent = sent + 1 WHERE space = $1 AND $2 <> ''`, "space_usage IN MONTH sent: is not"},
		"the most people":         {`UPDATE space_usage SET peak = peak + 1 WHERE space = $1 AND $2 <> ''`, "space_usage IN MONTH peak: is not"},
	} {
		args := []any{in, eve}
		if strings.Contains(c.sql, "$3") {
			args = append(args, ada)
		}
		changed(t, db, c.sql, args, func() {
			said, err := do(t, "audit", "verify", "--data", s.data)
			for _, want := range strings.Split(c.want, "\n") {
				want = strings.NewReplacer("IN", in, "EVE", eve, "ADA", ada).Replace(want)
				before, after, _ := strings.Cut(strings.NewReplacer("ID", "\x00", "POSITION", "\x00", "MONTH", "\x00").Replace(want), "\x00")
				if _, after, _ = strings.Cut(after, "\x00"); !hasLine(said, before, after) || err == nil {
					t.Errorf("%s: %v\n%swithout %q", what, err, said, want)
				}
			}
			for _, never := range []string{"example.org", "coffee", elsewhere, "+4930"} {
				if strings.Contains(said, never) {
					t.Errorf("%s: %s is in\n%s", what, never, said)
				}
			}
			s.rightly("--space", elsewhere)
		})
	}
	s.rightly()
}

// hasLine reports whether a line of a text begins and ends like that.
func hasLine(text, begin, then string) bool {
	for line := range strings.Lines(text) {
		if rest, is := strings.CutPrefix(line, begin); is && strings.Contains(rest, then) {
			return true
		}
	}
	return false
}

// changed calls do while rows are changed.
func changed(t *testing.T, db *pgx.Conn, sql string, args []any, do func()) {
	t.Helper()
	tables := []string{"contacts", "contact_stories", "contact_merges", "contact_splits", "contact_spaces", "interactions", "inboxes", "space_usage"}
	each := func(format string) {
		for _, table := range tables {
			if _, err := db.Exec(t.Context(), fmt.Sprintf(format, table)); err != nil {
				t.Fatal(err)
			}
		}
	}
	each(`CREATE TEMP TABLE kept_%[1]s AS TABLE %[1]s`)
	tag, err := db.Exec(t.Context(), sql, args...)
	if err != nil || tag.RowsAffected() == 0 {
		t.Fatalf("%s: %s, %v", sql, tag, err)
	}
	do()
	each(`DELETE FROM %[1]s`)
	each(`INSERT INTO %[1]s TABLE kept_%[1]s`)
	each(`DROP TABLE kept_%[1]s`)
}

// An event that somebody altered in the store is found, also where nothing but its hash
// tells: who asked for it is in no table. So is one that does not say the same any more
// as the tables do, and a claim that leads elsewhere.
func TestAuditVerifyFindsWhatWasAltered(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	_, ada, eve := s.furnish("Lab")
	s.rightly()
	s.stop(syscall.SIGTERM)
	journal := filepath.Join(s.data, "journal")
	archive := did(t, "node", "export", "--data", s.data)
	for what, c := range map[string]struct {
		kind, stream, member, old, new string
		want                           []string
	}{
		"who asked":     {"contact.created", eve, "metadata", `"by":"administrator"`, `"by":"administratoR"`, []string{"journal 0@contact-"}},
		"what was said": {"contact.created", eve, "data", `"eve@example.org"`, `"eva@example.org"`, []string{"journal 0@contact-", "contacts "}},
		"whose it is":   {"identifier.claimed", "", "data", eve, ada, []string{"journal 0@identifier-", "identifiers "}},
		"when":          {"contact.created", eve, "created", "20", "19", []string{"journal 0@contact-", "contacts "}},
		"nothing now":   {"contact.created", eve, "data", `"says":{`, `"says":[{`, []string{"journal 0@contact-", "journal ", "contacts "}},
	} {
		if err := os.RemoveAll(journal); err != nil {
			t.Fatal(err)
		}
		did(t, "node", "import", "--data", s.data, written(t, "archive", altered(t, archive, c.kind, c.stream, c.member, c.old, c.new), 0o600))
		said, err := do(t, "audit", "verify", "--data", s.data)
		if err == nil {
			t.Errorf("%s: nothing is found:\n%s", what, said)
		}
		for _, want := range c.want {
			if !hasLine(said, want, ":") {
				t.Errorf("%s: %v, and not %q:\n%s", what, err, want, said)
			}
		}
		if strings.Contains(said, "example.org") {
			t.Errorf("%s: a value is printed:\n%s", what, said)
		}
	}
}

// altered is an archive with another text in an event of a kind.
func altered(t *testing.T, archive, kind, stream, member, before, after string) string {
	t.Helper()
	var out bytes.Buffer
	met := false
	for lines := json.NewDecoder(strings.NewReader(archive)); ; {
		var line map[string]any
		if err := lines.Decode(&line); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		text, _ := line[member].(string)
		if line["type"] == kind && strings.HasSuffix(line["stream"].(string), stream) && strings.Contains(text, before) && !met {
			line[member], met = strings.Replace(text, before, after, 1), true
		}
		_ = json.NewEncoder(&out).Encode(line)
	}
	if !met {
		t.Fatalf("%s is in no %s", before, kind)
	}
	return out.String()
}

// For programs there is one object a line, the last of them the summary.
func TestAuditVerifyForPrograms(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	s.furnish("Lab")
	var done verified
	if err := json.Unmarshal([]byte(s.skein("audit", "verify", "--json")), &done); err != nil {
		t.Fatal(err)
	}
	if done.Differences != 0 || done.Contacts != 5 || done.Standing != 4 || done.Interactions < 3 || done.Merges != 2 || done.Splits != 1 ||
		done.Inboxes != 1 || done.Identifiers == 0 || done.Spaces != 1 || done.Events != done.Hashed {
		t.Errorf("%+v", done)
	}
}

// database is a connection to the read models of a server.
func (s *server) database() *pgx.Conn {
	s.t.Helper()
	at, err := runningIn(s.data)
	if err != nil {
		s.t.Fatal(err)
	}
	db, err := pgx.Connect(s.t.Context(), at.Database)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = db.Close(context.WithoutCancel(s.t.Context())) })
	return db
}
