package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"skein/adapters/imapsync/dovecottest"
)

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
