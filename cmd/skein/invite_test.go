package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// Whoever runs the installation invites somebody, who founds an organization of their
// own; and what was done on the command line is in the audit log (D5-4).
func TestInvite(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	found := func(code string) (int, string) {
		status, _, text := s.send(http.MethodPost, "/organizations", "application/json", strings.NewReader(fmt.Sprintf(`{"invitation":%q,"name":"Engines","user":"lady"}`, code)), "")
		return status, string(text)
	}
	code := strings.TrimSpace(s.skein("invite", "--expires", "30m", "--note", "Engines"))
	if got := filesWith(t, s.data, code[len(code)-40:]); len(got) > 0 {
		t.Errorf("the code is in %v", got)
	}
	admin := s.token
	s.token = ""
	status, text := found(code)
	if status != http.StatusCreated {
		t.Fatalf("%d %s", status, text)
	}
	if status, text := found(code); status != http.StatusConflict {
		t.Errorf("a second time: %d %s", status, text)
	}
	var lady struct{ Organization, Token string }
	if err := json.Unmarshal([]byte(text), &lady); err != nil {
		t.Fatal(err)
	}
	s.token = lady.Token
	if status, _, text := s.send(http.MethodGet, "/organizations/"+lady.Organization+"/members", "", nil, ""); status != http.StatusOK || !strings.Contains(string(text), `"lady"`) {
		t.Errorf("its members: %d %s", status, text)
	}

	revoked := strings.TrimSpace(s.skein("invite"))
	s.skein("invite", "--revoke", strings.Split(revoked, "_")[2])
	if status, text := found(revoked); status != http.StatusGone || !strings.Contains(text, "invitation_revoked") {
		t.Errorf("a revoked one: %d %s", status, text)
	}

	s.token = admin
	of := "/organizations/" + string(firstOrganization)
	s.ask(http.MethodPut, of+"/members/kit", `{"role":"member"}`, nil)
	s.skein("token", "--holder", "una", "--join", "user_admin")
	at := s.ask(http.MethodPut, of+"/members/bob", `{"role":"member"}`, nil)
	var log struct {
		Entries []struct{ Actor, Action, Address string }
	}
	s.see(of+"/audit", at, &log)
	var told []string
	for _, e := range log.Entries {
		told = append(told, e.Actor+" "+e.Action+" "+strings.ReplaceAll(e.Address, "127.0.0.1", "here"))
	}
	want := "administrator putMember here, system:token issueToken local, system:token putMember local, administrator putMember here, " +
		"system:start foundOrganization local, system:token issueToken local"
	if got := strings.Join(told, ", "); got != want {
		t.Errorf("the log says %s", got)
	}
}
