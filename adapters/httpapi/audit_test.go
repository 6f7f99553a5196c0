package httpapi_test

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"skein/adapters/httpapi"
	"skein/commands"
	"skein/domain"
	"skein/domain/audit"
	"skein/projections"
)

const auditPath = "/v1/organizations/{org}/audit"

// Of every operation it is decided what of it goes into the audit log.
func TestNotings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, o := range operations(t, w) {
		if _, known := httpapi.Notings[o.id]; !known && strings.HasPrefix(o.path, "/v1/") {
			t.Errorf("%s has no row: say what of it goes into the audit log", o.id)
		}
	}
}

// entries are what the log says, the last one first, each as its actor, action,
// outcome and code.
func (w *world) entries(query string) (all []string) {
	w.t.Helper()
	page := w.want(http.StatusOK, w.ask("GET", auditPath+"?limit=200"+query, ""))
	for i := 0; page.at("entries", i) != "nothing"; i++ {
		line := page.at("entries", i, "actor") + " " + page.at("entries", i, "action") + " " + page.at("entries", i, "outcome")
		if code := page.at("entries", i, "code"); code != "null" {
			line += " " + code
		}
		all = append(all, line)
	}
	return all
}

// Whatever changes who may do what, proves who asks, is merged, deleted or connected
// is in the log with what it is about, from where and by which request; and with it
// what was refused because of who asked (D5-4, C2-80).
func TestAudit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.address = "192.0.2.7:4711"
	ada, lord := w.contact(`{"first_name":"Ada","email":"planted@example.org"}`), w.contact(`{"first_name":"Planted"}`)
	kit := w.tokenOf("kit")
	const of, in = "/v1/organizations/{org}", "/v1/spaces/{space}"
	shop := w.credential("{space}", agent)
	_, strangers := w.newOrganization("Others", "eve")
	for _, c := range []struct {
		method, path, body, token string
		want                      string // actor, action, outcome and code
		about                     string // what the entry says among others
	}{
		{"PUT", of + "/members/una", `{"role":"user_admin"}`, "", "ada putMember done", `"users":[{"role":"user_admin","user":"una"}]`},
		{"PUT", of + "/spaces/{space}/users/kit", `{"role":"manager","no_export":true}`, "", "ada assignUser done", `"users":[{"no_export":true,"role":"manager","user":"kit"}]`},
		{"POST", of + "/spaces/{space}/users", `{"users":[{"user":"bob","role":"agent"},{"user":"planted@example.org","role":"agent"}]}`, "", "ada inviteUsers done", `"users":[{"role":"agent","user":"bob"}]`},
		{"DELETE", of + "/spaces/{space}/users/bob", "", "", "ada unassignUser done", `"users":[{"user":"bob"}]`},
		{"PUT", of + "/plan", `{"plan":"enterprise"}`, "", "ada changePlan done", `"setting":"enterprise"`},
		{"PUT", of + "/modules/white_label", `{"on":true}`, "", "ada switchModule done", `"setting":"white_label on"`},
		{"POST", of + "/members/una/tokens", `{"label":"planted"}`, "", "ada issueToken done", `"users":[{"user":"una"}]`},
		{"POST", in + "/credentials", `{"label":"planted","role":"agent"}`, "", "ada issueCredential done", `"setting":"agent","space":"` + string(w.space)},
		{"DELETE", in + "/credentials/" + shop.at("id"), "", "", "ada revokeCredential done", `"credential":"` + shop.at("id")},
		{"POST", in + "/mailboxes", `{"host":"imap.example.org","port":993,"security":"tls","user":"planted","password":"planted"}`, "", "ada connectMailbox done", `"mailbox":"`},
		{"POST", in + "/contacts/" + ada + "/merge", `{"absorb":"` + lord + `"}`, kit, "kit mergeContacts done", `"absorbed":"` + lord + `","action":"mergeContacts","actor":"kit","address":"192.0.2.7"`},
		{"POST", in + "/contacts/" + lord + "/unmerge", `{}`, kit, "kit unmergeContact done", `"contact":"` + lord},
		{"DELETE", in + "/contacts/" + lord + confirmed, "", kit, "kit deleteContact done", `"contact":"` + lord},

		{"PUT", of + "/members/kit", `{"role":"organization_admin"}`, kit, "kit putMember refused role_insufficient", `"users":[{"user":"kit"}]`},
		{"GET", in + "/credentials", "", kit, "kit listCredentials refused role_insufficient", `"space":"` + string(w.space)},
		{"GET", "/v1/spaces/" + newID() + "/contacts", "", kit, "kit listContacts refused space_unknown", `"space":"`},
		{"GET", "/v1/spaces/planted@example.org/contacts", "", kit, "kit listContacts refused space_unknown", `"address":"192.0.2.7"`},
		{"GET", "/v1/organizations/" + newID(), "", kit, "kit readOrganization refused organization_unknown", `"request":"r-`},
		{"DELETE", of + "/tokens/" + newID(), "", "", "ada revokeToken refused credential_unknown", `"credential":"`},
		{"DELETE", of + "/spaces/{space}", `{"confirm":"Berlin"}`, kit, "kit deleteSpace refused role_insufficient", `"space":"` + string(w.space)},

		{"POST", in + "/contacts", `{"fields":{"first_name":"Planted"}}`, "", "", ""},
		{"GET", in + "/contacts/" + newID(), "", "", "", ""},
		{"PUT", of + "/members/una", `{"role":"king"}`, "", "", ""},
		{"GET", in + "/contacts", "", strangers, "", ""}, // that is in the log of the others
	} {
		before := len(w.entries(""))
		w.ask(c.method, c.path, c.body, append(bearing(cmp.Or(c.token, w.token)), "X-Request-Id", "r-"+newID())...)
		now := w.entries("")
		switch {
		case c.want == "":
			if len(now) != before {
				t.Errorf("%s %s is in the log: %s", c.method, c.path, now[0])
			}
		case len(now) != before+1 || now[0] != c.want:
			t.Errorf("%s %s is %d entries: %s, want %s", c.method, c.path, len(now)-before, now[0], c.want)
		default:
			if one := w.ask("GET", auditPath+"?limit=1", "").at("entries", 0); !strings.Contains(one, c.about) || !strings.Contains(one, `"request":"r-`) {
				t.Errorf("%s %s lacks %s: %s", c.method, c.path, c.about, one)
			}
		}
	}
	if log := w.ask("GET", auditPath+"?limit=200", ""); strings.Contains(strings.ToLower(log.text), "planted") {
		t.Errorf("tells more than ids: %s", log.text)
	}

	// It stays when those it speaks of are gone.
	w.want(http.StatusNoContent, w.ask("DELETE", of+"/members/una", ""))
	w.want(http.StatusNoContent, w.ask("DELETE", "/v1/me/tokens/"+strings.Split(kit, "_")[1], "", bearing(kit)...))
	before := w.entries("&space=" + string(w.space))
	w.want(http.StatusAccepted, w.ask("DELETE", of+"/spaces/{space}", `{"confirm":"Berlin"}`))
	if now := w.entries("&space=" + string(w.space)); !slices.Equal(now[1:], before) || now[0] != "ada deleteSpace done" {
		t.Errorf("once the space is deleted the log says %v instead of %v", now, before)
	}
	if kits := w.entries("&actor=kit&outcome=done"); !slices.Equal(kits, []string{"kit revokeMyToken done", "kit deleteContact done", "kit unmergeContact done", "kit mergeContacts done"}) {
		t.Errorf("kit did %v", kits)
	}
}

// What is sent twice under a key is done once, and in the log once. An answer that
// shows its entry nowhere yet shows it to whoever waits for it.
func TestAuditOnceAndAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 3 {
		w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/members/una", `{"role":"user_admin"}`, "Idempotency-Key", "k"))
	}
	if all := w.entries("&action=putMember"); len(all) != 1 {
		t.Errorf("noted %v", all)
	}
	at := w.want(http.StatusNoContent, w.askIn(t.Context(), "PUT", "/v1/organizations/{org}/members/kit", `{"role":"member"}`)).Header.Get("Journal-Position")
	behind := projections.Page{Events: w.journal.All(0)[:w.end()-1], End: w.end() - 1} // all but the entry
	if err := w.Projectors["audit"].Follow(t.Context(), behind); err != nil || fmt.Sprint(behind.End) != at {
		t.Fatal(behind.End, at, err)
	}
	w.want(http.StatusServiceUnavailable, w.askIn(t.Context(), "GET", auditPath, "", "Min-Position", at))
	w.want(http.StatusServiceUnavailable, w.askIn(t.Context(), "GET", auditPath+"/export", "", "Min-Position", at))
	w.follow()
	if now := w.want(http.StatusOK, w.askIn(t.Context(), "GET", auditPath, "", "Min-Position", at)); now.at("entries", 0, "users", 0, "user") != "kit" {
		t.Errorf("shows %s", now.text)
	}
}

// Who is refused again and again is noted so many times in a minute, and after that
// counted; others are none the worse for it.
func TestAuditFlood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	turn := w.turnClock()
	kit, eve := bearing(w.tokenOf("kit")), bearing(w.tokenOf("eve"))
	for range httpapi.MaxAttempts + 7 {
		w.askIn(t.Context(), "GET", "/v1/organizations/{org}", "", kit...)
	}
	w.ask("GET", "/v1/organizations/{org}", "", eve...)
	if n := len(w.entries("&actor=kit")); n != httpapi.MaxAttempts || len(w.entries("&actor=eve")) != 1 {
		t.Errorf("%d attempts are noted", n)
	}
	turn(time.Minute)
	over, end := context.WithCancel(t.Context())
	end()
	for range 2 {
		if err := w.NoteAttempts(over); err != nil {
			t.Fatal(err)
		}
		w.follow()
	}
	if all := w.ask("GET", auditPath+"?actor=kit&action="+audit.MoreRefused, ""); all.at("entries", 0, "more") != "7" || all.at("entries", 1) != "nothing" {
		t.Errorf("the rest is %s", all.text)
	}
	w.ask("GET", "/v1/organizations/{org}", "", kit...)
	if n := len(w.entries("&actor=kit")); n != httpapi.MaxAttempts+2 {
		t.Errorf("a minute later there are %d entries", n)
	}
}

// unnoted is a journal that keeps no entries of audit logs.
type unnoted struct{ commands.Journal }

func (j unnoted) Append(ctx context.Context, s domain.Stream, length uint64, by domain.By, events ...domain.Event) (domain.Position, error) {
	if s.Category() == "audit" {
		return 0, errors.New("disk full")
	}
	return j.Journal.Append(ctx, s, length, by, events...)
}

// What is done stays done though it cannot be noted, and that is logged; an export is
// not made.
func TestAuditFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Commands.Journal = unnoted{w.journal}
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/members/una", `{"role":"user_admin"}`))
	if said := w.log.String(); !strings.Contains(said, "level=ERROR") || !strings.Contains(said, "action=putMember") {
		t.Errorf("logged: %s", said)
	}
	if r := w.want(http.StatusInternalServerError, w.ask("GET", auditPath+"/export", "")); strings.Contains(r.text, "audit") || r.at("code") != "internal" {
		t.Errorf("an export that is not noted: %s", r.text)
	}
}

// The export has what the log has, page after page, and is in it itself.
func TestExportAudit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 1203 {
		entry := audit.Noted{Action: "putMember", Outcome: audit.Done, Address: "=1+1", About: audit.About{Users: []audit.User{{ID: "kit", Role: "member"}, {ID: "una"}}}}
		if err := w.Commands.Note(t.Context(), domain.By{Actor: "ada", Request: fmt.Sprint("r-", n)}, w.org, entry); err != nil {
			t.Fatal(err)
		}
	}
	w.follow()
	r := w.want(http.StatusOK, w.ask("GET", auditPath+"/export?action=putMember", ""))
	rows, err := csv.NewReader(strings.NewReader(r.text)).ReadAll()
	if err != nil || len(rows) != 1204 || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/csv") {
		t.Fatalf("%d rows as %s, %v", len(rows), r.Header.Get("Content-Type"), err)
	}
	for i, row := range rows[1:] {
		if row[16] != fmt.Sprint("r-", 1202-i) || row[11] != "kit member, una" || row[15] != "'=1+1" {
			t.Fatalf("row %d is %q", i, row)
		}
	}
	if now := w.entries(""); now[0] != "ada exportAudit done" {
		t.Errorf("the log says %s", now[0])
	}
}

// That contacts are imported is noted, once for the file.
func TestAuditImport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := len(w.entries(""))
	w.want(http.StatusOK, w.ask("POST", "/v1/spaces/{space}/contacts/import", "email\nplanted@example.org\neve@example.org\n", "Content-Type", "text/csv"))
	if now := w.entries(""); len(now) != before+1 || now[0] != "ada importContacts done" {
		t.Errorf("%d entries more: %v", len(now)-before, now)
	}
	one := w.ask("GET", auditPath+"?limit=1", "").at("entries", 0)
	if !strings.Contains(one, `"space":"`+string(w.space)) || strings.Contains(one, "planted") {
		t.Errorf("the entry is %s", one)
	}
}

// deeds is how much happened beside what was noted in audit logs.
func (w *world) deeds() (n int) {
	for _, r := range w.journal.All(0) {
		if r.Stream.Category() != "audit" {
			n++
		}
	}
	return n
}
