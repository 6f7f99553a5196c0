package main

import (
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// Messages of unknown senders that come by a channel wait while the space is full, are
// counted, and come in by themselves when there is room, also after the server was
// killed (C0-22, C0-24). Nothing is lost or doubled, however often they are sent.
func TestMessagesWaitForRoom(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	lab := s.space("Lab")
	s.ask(http.MethodPost, lab+"/channels", `{"key":"chat"}`, nil)
	s.ask(http.MethodPut, fmt.Sprintf("/organizations/%s/modules/white_label", firstOrganization), `{"on":true}`, nil)
	s.limit(lab, 1)
	bring := func(id, from string) int {
		t.Helper()
		body := fmt.Sprintf(`{"id":%q,"identity":%q,"name":%q,"text":"Hello."}`, id, from, from)
		status, _, text := s.send(http.MethodPost, lab+"/channels/chat/inbound", "application/json", strings.NewReader(body), "")
		if status != http.StatusOK && status != http.StatusAccepted {
			t.Fatalf("%s: %d %s", id, status, text)
		}
		return status
	}
	if got := bring("first", "ada"); got != http.StatusOK {
		t.Errorf("the first one: %d", got)
	}
	for range 2 {
		for _, id := range []string{"1", "2", "3"} {
			if got := bring(id, "eve"+id); got != http.StatusAccepted {
				t.Errorf("%s: %d while the space is full", id, got)
			}
		}
	}
	if got := bring("known", "ada"); got != http.StatusOK {
		t.Errorf("who is known: %d", got)
	}
	var one struct {
		Contacts   int
		TurnedAway int `json:"turned_away"`
	}
	waitFor(t, func() bool {
		s.see(adminOf(lab), "", &one)
		return one.TurnedAway == 3
	})
	for _, c := range []struct{ most, waits, contacts int }{{3, 1, 3}, {10, 0, 4}} {
		s.limit(lab, c.most)
		token := s.token
		s.stop(syscall.SIGKILL)
		s = start(t, s.data)
		s.token = token
		waitFor(t, func() bool {
			s.see(adminOf(lab), "", &one)
			return one.TurnedAway == c.waits && one.Contacts == c.contacts
		})
		for _, id := range []string{"1", "2", "3"} {
			bring(id, "eve"+id)
		}
	}
	var all struct {
		Contacts []struct{ ID, Name string }
	}
	s.see(lab+"/contacts?limit=100", "", &all)
	for _, c := range all.Contacts {
		var said struct{ Messages []struct{ Ref string } }
		want := 1
		if c.Name == "ada" {
			want = 2
		}
		waitFor(t, func() bool { // who came in is counted before what they said is shown
			s.see(lab+"/contacts/"+c.ID+"/messages?kind=message_received", "", &said)
			return len(said.Messages) >= want
		})
		if len(said.Messages) != want {
			t.Errorf("%s said %v", c.Name, said.Messages)
		}
	}
}
