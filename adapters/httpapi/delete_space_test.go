package httpapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"skein/domain"
	"skein/domain/contact"
)

const deletePath = "/v1/organizations/{org}/spaces/{space}"

// A space is deleted by its name and for ever; it takes nothing along that is not
// its own (C0-27, C0-30, C0-31, C0-32).
func TestDeleteSpace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	refused := w.want(http.StatusUnprocessableEntity, w.ask("DELETE", deletePath, `{"confirm":"berlin"}`))
	if refused.at("code") != "deletion_unconfirmed" || refused.at("pointer") != "/confirm" || !strings.Contains(refused.at("detail"), "Export first") {
		t.Errorf("unconfirmed: %s", refused.text)
	}
	w.want(http.StatusBadRequest, w.ask("DELETE", deletePath, ""))
	key := []string{"Idempotency-Key", "k1"}
	done := w.want(http.StatusAccepted, w.ask("DELETE", deletePath, `{"confirm":"Berlin"}`, key...))
	again := w.want(http.StatusAccepted, w.ask("DELETE", deletePath, `{"confirm":"Berlin"}`, key...))
	if at := done.Header.Get("Journal-Position"); at == "" || at != again.Header.Get("Journal-Position") {
		t.Errorf("at %q, and again at %q", at, again.Header.Get("Journal-Position"))
	}
	w.want(http.StatusNotFound, w.ask("DELETE", deletePath, `{"confirm":"Berlin"}`))

	list := w.want(http.StatusOK, w.ask("GET", "/v1/organizations/{org}/deletions", ""))
	if list.at("deletions", 0, "space") != string(w.space) || list.at("deletions", 0, "by") != "ada" || list.at("deletions", 0, "destroyed") != "null" || list.at("deletions", 1) != "nothing" {
		t.Errorf("the deletions are %s", list.text)
	}
	if overview := w.ask("GET", "/v1/organizations/{org}/spaces", ""); overview.at("spaces", 0) != "nothing" {
		t.Errorf("the overview shows %s", overview.text)
	}
	if mine := w.want(http.StatusOK, w.ask("GET", "/v1/me", "")); strings.Contains(mine.text, string(w.space)) {
		t.Errorf("it is mine yet: %s", mine.text)
	}
	w.want(http.StatusCreated, w.ask("POST", "/v1/organizations/{org}/spaces", `{"name":"BERLIN"}`))
}

// The deletions are listed page by page, the last one first.
func TestListDeletions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var want, got []string
	for _, name := range []string{"a", "b", "c"} {
		id := w.newSpace(w.org, name)
		w.want(http.StatusAccepted, w.ask("DELETE", "/v1/organizations/{org}/spaces/"+string(id), `{"confirm":"`+name+`"}`))
		want = append([]string{string(id)}, want...)
	}
	for cursor := ""; ; {
		page := w.want(http.StatusOK, w.ask("GET", "/v1/organizations/{org}/deletions?limit=2&cursor="+cursor, ""))
		for i := 0; page.at("deletions", i) != "nothing"; i++ {
			got = append(got, page.at("deletions", i, "space"))
		}
		if cursor = page.at("next"); cursor == "null" {
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	w.want(http.StatusUnprocessableEntity, w.ask("GET", "/v1/organizations/{org}/deletions?cursor=x", ""))
}

// Every query with the ids of a deleted space is answered, to the byte, as one with
// ids that nobody was ever given (C0-29, D5-5).
func TestDeletedSpaceIsAsUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, eve := w.contact(`{"first_name":"Ada","email":"ada@example.org"}`), w.contact(`{"first_name":"Eve"}`)
	w.merge(ada, eve)
	inbox := w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}/inboxes", `{"name":"All","filter":{"test":{"of":"email","how":"contains","value":"@"}}}`)).at("id")
	mailbox := w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}/mailboxes", `{"host":"imap.example.org","port":993,"security":"tls","user":"u","password":"p"}`)).at("id")
	w.want(http.StatusNoContent, w.ask("PUT", deletePath+"/users/grace", `{"role":"owner"}`))
	grace := w.tokenOf("grace")
	w.want(http.StatusAccepted, w.ask("DELETE", deletePath, `{"confirm":"Berlin"}`))

	asked := 0
	for _, o := range operations(t, w) {
		if o.method != http.MethodGet || !strings.Contains(o.path, "{space}") {
			continue
		}
		fill := func(space, contact, inbox, mailbox string) string {
			return strings.NewReplacer("{organization}", string(w.org), "{space}", space, "{contact}", contact, "{inbox}", inbox,
				"{mailbox}", mailbox, "{user}", "grace", "{token}", newID(), "{credential}", newID()).Replace(o.path)
		}
		for _, token := range []string{w.token, grace} {
			headers := []string{"Authorization", "Bearer " + token, "X-Request-Id", "q"}
			unknown := w.ask("GET", fill(newID(), newID(), newID(), newID()), "", headers...)
			for _, contact := range []string{ada, eve} {
				gone := w.ask("GET", fill(string(w.space), contact, inbox, mailbox), "", headers...)
				if gone.StatusCode != unknown.StatusCode || gone.text != unknown.text {
					t.Errorf("%s: %d %s, but of an unknown one %d %s", o.id, gone.StatusCode, gone.text, unknown.StatusCode, unknown.text)
				}
				for _, h := range []http.Header{gone.Header, unknown.Header} { // what a limit counts goes down with each
					for name := range h {
						if strings.HasPrefix(name, "Ratelimit-") {
							h.Del(name)
						}
					}
				}
				if diff := cmp.Diff(unknown.Header, gone.Header); diff != "" {
					t.Errorf("%s: %s", o.id, diff)
				}
			}
			asked++
		}
	}
	if asked < 16 {
		t.Errorf("only %d queries were asked", asked)
	}
}

// Whoever writes to a space while it is deleted is told that it is unknown, and
// nothing else; an import breaks off with that; nothing of it shows (C0-31, D5-1).
func TestDeleteSpaceUnderLoad(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var clients sync.WaitGroup
	var made atomic.Int64
	busy := make(chan struct{})
	for i := range 32 {
		clients.Go(func() {
			for k := 0; ; k++ {
				r := w.askIn(t.Context(), "POST", "/v1/spaces/{space}/contacts", fmt.Sprintf(`{"fields":{"email":"%d.%d@example.org"}}`, i, k))
				if r.StatusCode == http.StatusNotFound {
					return
				}
				if r.StatusCode != http.StatusCreated {
					t.Errorf("answered %d %s", r.StatusCode, r.text)
					return
				}
				if made.Add(1) == 200 {
					close(busy)
				}
			}
		})
	}
	var imported reply
	clients.Go(func() {
		<-busy
		var file strings.Builder
		file.WriteString("email\n")
		for i := range 20_000 {
			fmt.Fprintf(&file, "row%d@example.org\n", i)
		}
		imported = w.askIn(t.Context(), "POST", "/v1/spaces/{space}/contacts/import", file.String(), "Content-Type", "text/csv")
	})
	for tick := time.NewTicker(time.Millisecond); !w.importing(); <-tick.C {
	}
	w.want(http.StatusAccepted, w.askIn(t.Context(), "DELETE", deletePath, `{"confirm":"Berlin"}`))
	clients.Wait()
	if imported.StatusCode != http.StatusOK {
		t.Errorf("the import had not begun: %d", imported.StatusCode)
	}
	lines := strings.Split(strings.TrimSpace(imported.text), "\n")
	if last := lines[len(lines)-1]; !strings.Contains(last, "space_unknown") || len(lines) > 50 {
		t.Errorf("the import ended after %d lines with %s", len(lines), last)
	}
	w.follow()
	for _, table := range []string{"contacts", "contact_stories", "contact_spaces"} {
		var rows int
		if err := w.DB.QueryRow(t.Context(), `SELECT count(*) FROM `+table+` WHERE space = $1`, w.space).Scan(&rows); err != nil || rows > 0 {
			t.Errorf("%s: %d rows, %v", table, rows, err)
		}
	}
}

// importing reports whether a row was imported already.
func (w *world) importing() bool {
	return slices.ContainsFunc(w.journal.All(0), func(r domain.Recorded) bool {
		e, created := r.Event.(contact.Created)
		return created && e.Origin == contact.ByImport
	})
}
