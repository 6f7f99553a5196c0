package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"skein/adapters/imapsync/dovecottest"
	"skein/domain/installation"
)

type seen struct {
	ID       string
	Name     string
	Fields   map[string]string
	Tags     []string
	Contacts []seen
}

// The story of the README: create, merge, unmerge, replay, rebuild; and all of it
// is there again after a stop and a start.
func TestStory(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	lab := s.space("Lab")
	var ada, lord, got seen
	s.ask(http.MethodPost, lab+"/contacts", `{"fields":{"first_name":"Ada","email":"ada@example.org"}}`, &ada)
	s.ask(http.MethodPost, lab+"/contacts", `{"fields":{"first_name":"Augusta","last_name":"Lovelace"},"tags":["vip"]}`, &lord)
	at := s.ask(http.MethodPost, lab+"/contacts/"+ada.ID+"/merge", fmt.Sprintf(`{"absorb":%q,"choices":{"first_name":"absorbed"}}`, lord.ID), nil)
	s.see(lab+"/contacts/"+ada.ID, at, &got)
	want := seen{ID: ada.ID, Name: "Augusta Lovelace", Tags: []string{"vip"}, Fields: map[string]string{
		"first_name": "Augusta", "last_name": "Lovelace", "email": "ada@example.org",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("merged otherwise (-want +got):\n%s", diff)
	}
	at = s.ask(http.MethodPost, lab+"/contacts/"+lord.ID+"/unmerge", `{}`, nil)

	for _, what := range []string{"contacts", "spaces", "mailboxes", "credentials"} {
		if out := s.skein("rebuild", what); !strings.Contains(out, what+" rebuilt") {
			t.Errorf("rebuild said %s", out)
		}
	}
	told := s.skein("replay", lord.ID)
	for _, line := range []string{"contact.created", "contact.merged", `(part of ` + ada.ID + `)`, "contact.unmerged", `last_name="Lovelace" #vip`} {
		if !strings.Contains(told, line) {
			t.Errorf("the replay lacks %q:\n%s", line, told)
		}
	}
	if told = s.skein("replay", lord.ID, "--at", "1"); told != "" {
		t.Errorf("before everything the replay tells\n%s", told)
	}
	if took := s.stop(syscall.SIGINT); took > 10*time.Second || s.process.ProcessState.ExitCode() != 0 {
		t.Errorf("Ctrl-C took %v and ended with %v:\n%s", took, s.process.ProcessState, s.said)
	}

	again := start(t, s.data)
	if again.token != "" {
		t.Error("the second start issued a token")
	}
	again.token = strings.TrimSpace(again.skein("token"))
	got = seen{}
	again.see(lab+"/contacts", at, &got)
	names := []string{}
	for _, c := range got.Contacts {
		names = append(names, c.Name)
	}
	if diff := cmp.Diff([]string{"Ada", "Augusta Lovelace"}, names); diff != "" {
		t.Errorf("after the second start (-want +got):\n%s", diff)
	}
}

// Two servers cannot share a data folder, and the first one does not mind.
func TestOneServerPerFolder(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	var out bytes.Buffer
	err := run(context.Background(), []string{"serve", "--data", s.data, "--listen", "127.0.0.1:0"}, &out, &out)
	if !errors.Is(err, errRunning) {
		t.Errorf("a second server: %v", err)
	}
	s.space("Lab")
}

// Whatever was acknowledged is there after the process and its Postgres were
// killed, and it shows.
func TestKill(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	lab := s.space("Lab")
	for round := range 2 {
		var created sync.Map
		var n atomic.Int64
		var clients sync.WaitGroup
		client := &http.Client{}
		for range 8 {
			clients.Go(func() {
				for {
					name := fmt.Sprintf("R%d-%d", round, n.Add(1))
					r, _ := http.NewRequest(http.MethodPost, s.api+lab+"/contacts", strings.NewReader(fmt.Sprintf(`{"fields":{"first_name":%q}}`, name)))
					r.Header.Set("Authorization", "Bearer "+s.token)
					r.Header.Set("Content-Type", "application/json")
					answer, err := client.Do(r)
					if err != nil {
						return // it was killed
					}
					answer.Body.Close()
					if answer.StatusCode == http.StatusCreated {
						at, _ := strconv.Atoi(answer.Header.Get("Journal-Position"))
						created.Store(name, at)
					}
				}
			})
		}
		waitFor(t, func() bool { return n.Load() > 200 })
		kill(t, s)
		clients.Wait()

		again := start(t, s.data)
		again.token = s.token
		s = again
		last := 0
		created.Range(func(_, at any) bool { last = max(last, at.(int)); return true })
		shown := map[string]bool{}
		for cursor := ""; ; {
			var page struct {
				Contacts []seen
				Next     string
			}
			s.see(lab+"/contacts?limit=200&cursor="+cursor, strconv.Itoa(last), &page)
			for _, c := range page.Contacts {
				shown[c.Name] = true
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		acknowledged := 0
		created.Range(func(name, _ any) bool {
			if acknowledged++; !shown[name.(string)] {
				t.Errorf("%s was acknowledged and is lost", name)
			}
			return true
		})
		if acknowledged < 100 {
			t.Fatalf("only %d contacts were acknowledged", acknowledged)
		}
	}
}

// kill kills the process and its Postgres at once.
func kill(t *testing.T, s *server) {
	t.Helper()
	if pid, err := os.ReadFile(filepath.Join(s.data, "postgres", "data", "postmaster.pid")); err == nil {
		line, _, _ := strings.Cut(string(pid), "\n")
		if id, err := strconv.Atoi(line); err == nil {
			_ = syscall.Kill(id, syscall.SIGKILL)
		}
	} else {
		t.Error(err)
	}
	s.stop(syscall.SIGKILL)
}

func waitFor(t *testing.T, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(30 * time.Second); !condition(); {
		select {
		case <-tick.C:
		case <-late:
			t.Fatal("it does not come about")
		}
	}
}

// A mailbox is connected once its login works, its INBOX is read, and its password
// is nowhere to be found (C3-37).
func TestMailbox(t *testing.T) {
	t.Parallel()
	dovecot := dovecottest.Start(t)
	account := dovecot.Account(t, "us")
	for i, from := range []string{"Ada <ada@example.org>", "ADA@example.org", "Eve <eve@example.org>", "MAILER-DAEMON@example.org"} {
		extra := ""
		if i == 3 {
			extra = "Auto-Submitted: auto-generated\r\n"
		}
		dovecot.Deliver(t, "us", "INBOX", fmt.Appendf(nil, "From: %s\r\nTo: us@example.org\r\n%sMessage-ID: <%d@example.org>\r\nDate: Mon, 5 Jan 2026 09:00:00 +0000\r\nSubject: Hello\r\n\r\nHello.\r\n", from, extra, i))
	}
	s := start(t, "")
	lab := s.space("Lab")
	ask := func(password string) string {
		return fmt.Sprintf(`{"host":%q,"port":%d,"security":"none","user":%q,"password":%q}`, account.Host, account.Port, account.User, password)
	}
	status, _, text := s.send(http.MethodPost, lab+"/mailboxes", "application/json", strings.NewReader(ask("wrong-"+account.Password)), "")
	if status != http.StatusUnprocessableEntity || !bytes.Contains(text, []byte("mailbox_login_refused")) || bytes.Contains(text, []byte(account.Password)) {
		t.Errorf("a wrong password is answered with %d %s", status, text)
	}
	var box struct{ ID string }
	at := s.ask(http.MethodPost, lab+"/mailboxes", ask(account.Password), &box)
	var read struct {
		Folders []struct{ Path string }
		Read    []struct{ Messages, Senders, Skipped int }
	}
	s.see(lab+"/mailboxes/"+box.ID, at, &read)
	if len(read.Folders) == 0 {
		t.Error("no folders are listed")
	}
	waitFor(t, func() bool {
		s.see(lab+"/mailboxes/"+box.ID, "", &read)
		return len(read.Read) == 1
	})
	if got := read.Read[0]; got.Messages != 4 || got.Senders != 3 || got.Skipped != 1 {
		t.Errorf("read %+v", got)
	}
	waitFor(t, func() bool {
		var list seen
		s.see(lab+"/contacts", "", &list)
		return len(list.Contacts) == 2
	})
	s.stop(syscall.SIGTERM)
	if strings.Contains(s.said.String(), account.Password) {
		t.Error("the password is in the log")
	}
	for _, file := range files(t, s.data) {
		content, err := os.ReadFile(file)
		if err == nil && bytes.Contains(content, []byte(account.Password)) {
			t.Errorf("the password is in %s", file)
		}
	}
}

func files(t *testing.T, folder string) (all []string) {
	t.Helper()
	err := filepath.Walk(folder, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			all = append(all, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A file is imported through the API, with a word on each row that is refused.
func TestImport(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	lab := s.space("Lab")
	file := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(file, []byte("Given name,email,Notes\nAda,ada@example.org,x\nEve,ada@example.org,\nKit,no address,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, stderr bytes.Buffer
	err := run(t.Context(), []string{
		"import", file, "--server", strings.TrimSuffix(s.api, "/v1"), "--token", s.token, "--space", strings.TrimPrefix(lab, "/spaces/"),
		"--map", "Given name:first_name", "--ignore", "Notes", "--data", s.data,
	}, &out, &stderr)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "3 rows: 1 contacts created, 2 rows refused") ||
		!strings.Contains(stderr.String(), "row 3:") || !strings.Contains(stderr.String(), "identifier_taken") || !strings.Contains(stderr.String(), "value_invalid") {
		t.Errorf("the import said\n%s%s", out.String(), stderr.String())
	}
}

// A journal goes with the key it was begun with: without it identifiers would not
// be unique any more, and passwords would not open.
func TestOtherKey(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	s.space("Lab")
	s.stop(syscall.SIGTERM)
	keys := filepath.Join(s.data, "keys")
	if err := os.Rename(keys, keys+".away"); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err := run(t.Context(), []string{"serve", "--data", s.data, "--listen", "127.0.0.1:0"}, &out, &out)
	if !errors.Is(err, installation.ErrOtherKey) {
		t.Errorf("served with another key: %v", err)
	}
	if err := os.Rename(keys+".away", keys); err != nil {
		t.Fatal(err)
	}
	start(t, s.data)
}

// What only looks at an installation makes none, and says where there is none.
func TestNoInstallation(t *testing.T) {
	t.Parallel()
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	for _, args := range [][]string{{"token"}, {"rebuild"}, {"replay", "ada"}} {
		var out bytes.Buffer
		err := run(t.Context(), append(args, "--data", nowhere), &out, &out)
		if err == nil || !strings.Contains(err.Error(), "there is no installation in "+nowhere) {
			t.Errorf("%v: %v", args, err)
		}
		if _, err := os.Stat(nowhere); !os.IsNotExist(err) {
			t.Errorf("%v made something: %v", args, err)
		}
	}
}

// What cannot work is said at once, with what to do.
func TestServeRefused(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for want, args := range map[string][]string{
		"SKEIN_LISTEN": {"--listen", taken.Addr().String()},
		"key":          {"--listen", "127.0.0.1:0", "--key", "c2hvcnQ="},
	} {
		var out bytes.Buffer
		data := t.TempDir()
		err := run(t.Context(), append([]string{"serve", "--data", data}, args...), &out, &out)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", args, err)
		}
		if _, err := os.Stat(filepath.Join(data, "journal")); !os.IsNotExist(err) {
			t.Errorf("%v: something was started: %v", args, err)
		}
	}
}

// Subcommands print what was asked for and nothing else, and a token that is
// revoked opens nothing.
func TestToken(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	var out, stderr bytes.Buffer
	if err := run(t.Context(), []string{"token", "--data", s.data}, &out, &stderr); err != nil || stderr.Len() > 0 || !secret.MatchString(out.String()) {
		t.Fatalf("%v: %s%s", err, &out, &stderr)
	}
	s.token = strings.TrimSpace(out.String())
	if status, _, text := s.send(http.MethodGet, "/me", "", nil, ""); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	s.skein("token", "--revoke", strings.Split(s.token, "_")[1])
	waitFor(t, func() bool {
		status, _, _ := s.send(http.MethodGet, "/me", "", nil, "")
		return status == http.StatusUnauthorized
	})
	err := run(t.Context(), []string{"token", "--data", s.data, "--revoke", "x"}, &out, &out)
	if err == nil || err.Error() != "token x: There is no such credential." {
		t.Errorf("an unknown one: %v", err)
	}
	if err := run(t.Context(), []string{"replay", "x", "--data", s.data}, &out, &out); err == nil || err.Error() != "contact x: There is no such contact in this space." {
		t.Errorf("an unknown contact: %v", err)
	}
}
