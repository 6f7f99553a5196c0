package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"skein/adapters/imapsync/dovecottest"
)

// What a space held is, once it was destroyed, in no file of the journal and in no row
// of the database, also when the process was killed in the midst of it; neither a
// replay nor a rebuild brings anything back, and all else is as it was (C0-28, C0-29).
func TestDeleteSpace(t *testing.T) {
	t.Parallel()
	var planted []string
	plant := func(what string) string {
		value := what + strings.ReplaceAll(uuid.NewString(), "-", "")
		planted = append(planted, value)
		return value
	}
	dovecot := dovecottest.Start(t)
	account := dovecot.Account(t, "us")
	dovecot.Deliver(t, "us", "INBOX", fmt.Appendf(nil, "From: %s <%s@example.org>\r\nTo: us@example.org\r\nMessage-ID: <%s@example.org>\r\nDate: Mon, 5 Jan 2026 09:00:00 +0000\r\nSubject: %s\r\n\r\nHello.\r\n",
		plant("sender"), plant("address"), uuid.NewString(), plant("subject")))

	s := start(t, "")
	stays := s.space("Stays")
	var kept, ada, eve, box struct{ ID string }
	s.ask(http.MethodPost, stays+"/contacts", `{"fields":{"first_name":"Kept","email":"kept@example.org"}}`, &kept)
	name := plant("space")
	lab := s.space(name)
	s.ask(http.MethodPost, lab+"/fields", fmt.Sprintf(`{"key":%q,"type":"text"}`, plant("field")), nil)
	s.ask(http.MethodPost, lab+"/contacts", fmt.Sprintf(`{"fields":{"first_name":%q,"email":"%s@example.org"},"tags":[%q]}`, plant("first"), plant("email"), plant("tag")), &ada)
	s.ask(http.MethodPost, lab+"/contacts", fmt.Sprintf(`{"fields":{"last_name":%q}}`, plant("last")), &eve)
	s.ask(http.MethodPost, lab+"/contacts/"+ada.ID+"/merge", fmt.Sprintf(`{"absorb":%q}`, eve.ID), nil)
	s.eraseWithin(lab, plant)
	s.ask(http.MethodPost, lab+"/inboxes", fmt.Sprintf(`{"name":%q,"filter":{"test":{"of":"tag","how":"is","value":%q}}}`, plant("inbox"), plant("filter")), nil)
	s.ask(http.MethodPost, lab+"/credentials", fmt.Sprintf(`{"label":%q,"role":"owner"}`, plant("label")), nil)
	at := s.ask(http.MethodPost, lab+"/mailboxes", fmt.Sprintf(`{"name":%q,"host":%q,"port":%d,"security":"none","user":%q,"password":%q}`, plant("mailbox"), account.Host, account.Port, account.User, account.Password), &box)
	waitFor(t, func() bool {
		var read struct{ Read []struct{ Senders int } }
		s.see(lab+"/mailboxes/"+box.ID, at, &read)
		return len(read.Read) == 1 && read.Read[0].Senders == 1
	})
	for _, value := range planted {
		if len(filesWith(t, s.data, value)) == 0 {
			t.Errorf("%s is in no file even before", value)
		}
	}

	of := "/organizations/" + string(firstOrganization)
	status, _, text := s.send(http.MethodDelete, of+lab, "application/json", strings.NewReader(fmt.Sprintf(`{"confirm":%q}`, name)), "")
	if status != http.StatusAccepted {
		t.Fatalf("%d %s", status, text)
	}
	kill(t, s)
	token := s.token
	s = start(t, s.data)
	s.token = token
	if status, _, text = s.send(http.MethodGet, lab+"/contacts", "", nil, ""); status != http.StatusNotFound {
		t.Errorf("after a restart it is answered with %d %s", status, text)
	}
	var deletions struct {
		Deletions []struct {
			Destroyed *string
			Streams   int
		}
	}
	waitFor(t, func() bool {
		s.see(of+"/deletions", "", &deletions)
		return len(deletions.Deletions) == 1 && deletions.Deletions[0].Destroyed != nil
	})
	if n := deletions.Deletions[0].Streams; n < 9 {
		t.Errorf("only %d streams were destroyed", n)
	}
	for _, id := range []string{ada.ID, eve.ID} {
		var out bytes.Buffer
		if err := run(t.Context(), []string{"replay", id, "--data", s.data}, &out, &out); err == nil || !strings.Contains(err.Error(), "There is no such contact") {
			t.Errorf("a replay tells %s, %v", &out, err)
		}
	}
	if told := s.skein("replay", kept.ID); !strings.Contains(told, "kept@example.org") {
		t.Errorf("a replay of what stays tells %s", told)
	}
	s.skein("rebuild")
	if found := s.rowsWith(planted); len(found) > 0 {
		t.Errorf("the database has %v", found)
	}
	var got seen
	s.see(stays+"/contacts/"+kept.ID, "", &got)
	if got.Name != "Kept" {
		t.Errorf("what stays is %+v", got)
	}
	s.stop(syscall.SIGTERM)
	events := recordsOf(t, filepath.Join(s.data, "journal"))
	if !bytes.Contains(events, []byte("kept@example.org")) {
		t.Error("what stays is not found either")
	}
	for _, value := range planted {
		for _, file := range filesWith(t, filepath.Join(s.data, "journal"), value) {
			t.Errorf("%s is in %s", value, file)
		}
		if bytes.Contains(events, []byte(value)) {
			t.Errorf("%s is in the journal", value)
		}
		if strings.Contains(s.said.String(), value) {
			t.Errorf("%s is in the log", value)
		}
	}
}

// eraseWithin erases a contact of a space in whose history there is something of another
// one, which is kept.
func (s *server) eraseWithin(lab string, plant func(string) string) {
	s.t.Helper()
	var moll struct{ ID string }
	var kit struct{ Contact string }
	s.ask(http.MethodPost, lab+"/contacts", `{"fields":{"first_name":"Moll"}}`, &moll)
	s.ask(http.MethodPost, lab+"/channels", `{"key":"chat"}`, nil)
	s.ask(http.MethodPost, lab+"/channels/chat/inbound", `{"identity":"kit","text":"Hello."}`, &kit)
	s.ask(http.MethodPost, lab+"/contacts/"+moll.ID+"/merge", fmt.Sprintf(`{"absorb":%q}`, kit.Contact), nil)
	s.ask(http.MethodPost, lab+"/channels/chat/inbound", fmt.Sprintf(`{"identity":"kit","text":%q}`, plant("kept")), nil)
	s.ask(http.MethodPost, lab+"/contacts/"+kit.Contact+"/unmerge", `{"interactions":"by_identity"}`, nil)
	s.erase(lab, moll.ID, plant("reason"))
}

// filesWith are the files below a folder with a text in them.
func filesWith(t *testing.T, folder, text string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil // it went in the meantime
		}
		if content, err := os.ReadFile(path); err == nil && bytes.Contains(content, []byte(text)) {
			found = append(found, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// recordsOf is all that a journal keeps, one after the other: its files are compressed.
func recordsOf(t *testing.T, folder string) (all []byte) {
	t.Helper()
	db, err := pebble.Open(folder, &pebble.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	it, err := db.NewIter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer it.Close()
	for it.First(); it.Valid(); it.Next() {
		all = append(all, it.Value()...)
	}
	return all
}

// rowsWith are the rows of all tables with one of the texts in them.
func (s *server) rowsWith(texts []string) (found []string) {
	s.t.Helper()
	ctx := context.Background()
	var running running
	data, err := os.ReadFile(filepath.Join(s.data, "running.json"))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := json.Unmarshal(data, &running); err != nil {
		s.t.Fatal(err)
	}
	db, err := pgx.Connect(ctx, running.Database)
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close(ctx)
	rows, err := db.Query(ctx, `SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`)
	if err != nil {
		s.t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 10 {
		s.t.Fatal(tables, err)
	}
	for _, table := range tables {
		rows, err := db.Query(ctx, `SELECT to_jsonb(t)::text FROM `+table+` t WHERE EXISTS (SELECT FROM unnest($1::text[]) AS w WHERE strpos(to_jsonb(t)::text, w) > 0)`, texts)
		if err != nil {
			s.t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			s.t.Fatal(err)
		}
		found = append(found, lines...)
	}
	return found
}
