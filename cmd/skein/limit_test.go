package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"skein/adapters/imapsync/dovecottest"
)

// The contact limit of a space holds to the last one on the real journal and the
// real database (C0-25). Mail from unknown senders waits outside and is counted, and
// comes in when there is room (C0-22, C0-23, C0-24).
func TestContactLimit(t *testing.T) {
	t.Parallel()
	dovecot := dovecottest.Start(t)
	for i, from := range []string{"ada", "eve", "kit", "ada"} {
		dovecot.Deliver(t, "us", "INBOX", fmt.Appendf(nil, "From: %s@example.org\r\nMessage-ID: <%d@example.org>\r\nDate: Mon, 5 Jan 2026 09:00:00 +0000\r\n\r\nHello.\r\n", from, i))
	}
	connect := func(user string) string {
		account := dovecot.Account(t, user)
		return fmt.Sprintf(`{"host":%q,"port":%d,"security":"none","user":%q,"password":%q}`, account.Host, account.Port, account.User, account.Password)
	}
	s := start(t, "")
	lab := s.space("Lab")
	s.ask(http.MethodPut, fmt.Sprintf("/organizations/%s/modules/white_label", firstOrganization), `{"on":true}`, nil)
	s.limit(lab, 5)

	s.ask(http.MethodPost, lab+"/contacts", `{"fields":{"email":"ada@example.org"}}`, nil)
	var created, full atomic.Int32
	var clients sync.WaitGroup
	for range 24 {
		clients.Go(func() {
			status, _, text := s.send(http.MethodPost, lab+"/contacts", "application/json", strings.NewReader(`{"fields":{"first_name":"X"}}`), "")
			switch {
			case status == http.StatusCreated:
				created.Add(1)
			case status == http.StatusConflict && strings.Contains(string(text), "contact_limit_reached"):
				full.Add(1)
			default:
				t.Errorf("answered %d %s", status, text)
			}
		})
	}
	clients.Wait()
	if created.Load() != 4 || full.Load() != 20 {
		t.Errorf("%d came in and %d were refused where there was room for 4", created.Load(), full.Load())
	}

	var box struct{ ID string }
	at := s.ask(http.MethodPost, lab+"/mailboxes", connect("us"), &box)
	var read struct {
		Read []struct {
			Messages, Senders int
			TurnedAway        int `json:"turned_away"`
		}
	}
	waitFor(t, func() bool {
		s.see(lab+"/mailboxes/"+box.ID, at, &read)
		return len(read.Read) == 1 && read.Read[0].Messages == 4
	})
	if got := read.Read[0]; got.Senders != 2 || got.TurnedAway != 2 {
		t.Errorf("read %+v while the space is full", got)
	}
	var one struct {
		TurnedAway int `json:"turned_away"`
	}
	if s.see(adminOf(lab), "", &one); one.TurnedAway != 2 {
		t.Errorf("%d mails wait outside the space", one.TurnedAway)
	}
	s.limit(lab, 6)
	s.ask(http.MethodPost, lab+"/mailboxes", connect("others"), nil) // the reader looks what is to be done
	waitFor(t, func() bool {
		s.see(lab+"/mailboxes/"+box.ID, "", &read)
		return read.Read[0].TurnedAway == 1
	})
	if got := read.Read[0]; got.Senders != 3 || got.Messages != 4 {
		t.Errorf("read %+v with room for one", got)
	}
}

// adminOf is the path at which a space is administered.
func adminOf(space string) string {
	return fmt.Sprintf("/organizations/%s%s", firstOrganization, space)
}

// limit lets a space take in so many contacts.
func (s *server) limit(space string, most int) {
	s.t.Helper()
	var tag string
	waitFor(s.t, func() bool {
		status, header, _ := s.send(http.MethodGet, adminOf(space), "", nil, "")
		tag = header.Get("ETag")
		return status == http.StatusOK
	})
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPatch, s.api+adminOf(space), strings.NewReader(fmt.Sprintf(`{"contact_limit":{"on":true,"at_most":%d}}`, most)))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("If-Match", tag)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusNoContent {
		s.t.Fatalf("limit: answered %d", answer.StatusCode)
	}
}
