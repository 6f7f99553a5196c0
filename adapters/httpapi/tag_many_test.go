package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"skein/commands/journaltest"
	"skein/domain/contact"
)

const tagsPath = "/v1/spaces/{space}/contacts/tags"

// C2-56, C2-57: tags go to all that were named, and the answer tells of each what became
// of it: who had them already, also by somebody absorbed, who was absorbed, who is no
// more, and who is of another space or of none.
func TestTagContacts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := func(body string) string {
		return w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}/contacts", body)).at("id")
	}
	ada, lord, kit := made(`{"fields":{"first_name":"Ada"}}`), made(`{"tags":["vip"]}`), made(`{"tags":["new"]}`)
	eve, gone := made(`{"fields":{"first_name":"Eve"}}`), made(`{"fields":{"first_name":"Bob"}}`)
	theirs := w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/"+string(w.newSpace(w.org, "Hamburg"))+"/contacts", `{"tags":["old"]}`)).at("id")
	w.merge(ada, lord)
	w.merge(kit, eve)
	w.want(http.StatusNoContent, w.ask("DELETE", "/v1/spaces/{space}/contacts/"+gone+confirmed, ""))
	before := w.edited()

	body := fmt.Sprintf(`{"contacts":[%q,%q,%q,%q,"x",%q],"tag":["vip"],"untag":["new"]}`, ada, eve, gone, theirs, ada)
	key := []string{"Idempotency-Key", "tag-1"}
	r := w.want(http.StatusOK, w.ask("POST", tagsPath, body, key...))
	for path, want := range map[string]string{"matched": "5", "changed": "1", "unchanged": "1", "failed": "3", "position": r.Header.Get("Journal-Position")} {
		if r.at(path) != want {
			t.Errorf("%s: %s, want %s", path, r.at(path), want)
		}
	}
	for i, want := range [][4]string{
		{ada, "unchanged", "null", "null"},
		{eve, "changed", kit, "null"},
		{gone, "failed", "null", "contact_deleted"},
		{theirs, "failed", "null", "contact_unknown"},
		{"x", "failed", "null", "contact_unknown"},
	} {
		if got := [4]string{r.at("results", i, "contact"), r.at("results", i, "outcome"), r.at("results", i, "survivor"), r.at("results", i, "error", "code")}; got != want {
			t.Errorf("result %d: %v, want %v", i, got, want)
		}
	}
	if n := w.edited() - before; n != 1 || r.at("results", 5) != "nothing" {
		t.Errorf("%d events: %s", n, r.text)
	}
	shown := w.ask("GET", "/v1/spaces/{space}/contacts/"+kit, "", "Min-Position", r.Header.Get("Journal-Position"))
	if shown.at("tags") != `["vip"]` {
		t.Errorf("kit: %s", shown.text)
	}
	w.want(http.StatusNoContent, w.ask("PATCH", "/v1/spaces/{space}/contacts/"+kit, `{"untag":["vip"]}`))
	if again := w.ask("POST", tagsPath, body, key...); again.text != r.text || w.edited()-before != 2 {
		t.Errorf("again: %s", again.text)
	}
	if now := w.entries(""); now[0] != "ada tagContacts done" {
		t.Errorf("the audit log says %v", now[0])
	}
}

// edited is how many edits of contacts were recorded.
func (w *world) edited() (n int) {
	for _, r := range w.journal.All(0) {
		if _, is := r.Event.(contact.Edited); is {
			n++
		}
	}
	return n
}

// Who wants lines can watch it, and has the tally at the end; what is wrong with all of
// it is refused before.
func TestTagContactsInLines(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var ids []string
	for range 20 {
		ids = append(ids, w.contact(`{"first_name":"Ada"}`))
	}
	watched := []string{"Accept", "application/x-ndjson"}
	body := `{"contacts":["` + strings.Join(ids, `","`) + `","` + newID() + `"],"tag":["vip"]}`
	r := w.want(http.StatusOK, w.ask("POST", tagsPath, body, watched...))
	told := map[string]string{}
	all := lines(t, strings.NewReader(r.text))
	for _, line := range all[:len(all)-1] {
		if id, is := line["contact"].(string); is {
			told[id] = line["outcome"].(string)
		}
	}
	done, _ := all[len(all)-1]["done"].(map[string]any)
	if r.Header.Get("Content-Type") != "application/x-ndjson" || len(told) != 21 || told[ids[7]] != "changed" ||
		done["matched"] != 21.0 || done["changed"] != 20.0 || done["failed"] != 1.0 || fmt.Sprintf("%.0f", done["position"]) != r.Trailer.Get("Journal-Position") {
		t.Errorf("answered %s, trailer %v", r.text, r.Trailer)
	}
	if refused := w.want(http.StatusUnprocessableEntity, w.ask("POST", tagsPath, `{"contacts":["x"],"tag":[""]}`, watched...)); refused.at("code") != "tag_invalid" || refused.at("pointer") != "/tag" {
		t.Errorf("answered %s", refused.text)
	}
	w.want(http.StatusNotFound, w.ask("POST", "/v1/spaces/"+newID()+"/contacts/tags", body, watched...))
}

// What breaks off on our side says so, and what was done by then stays.
func TestTagContactsFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, eve := w.contact(`{"first_name":"Ada"}`), w.contact(`{"first_name":"Eve"}`)
	body := fmt.Sprintf(`{"contacts":[%q,%q],"tag":["vip"]}`, ada, eve)
	whole := w.Commands.Journal
	w.Commands.Journal = &journaltest.Mortal{Journal: w.journal, Fault: journaltest.Fault{Append: 2}}
	key := []string{"Idempotency-Key", "tag-1"}
	w.want(http.StatusInternalServerError, w.ask("POST", tagsPath, body, key...))
	w.Commands.Journal = whole
	r := w.want(http.StatusOK, w.ask("POST", tagsPath, body, key...))
	if r.at("changed") != "2" || w.edited() != 2 {
		t.Errorf("%d events: %s", w.edited(), r.text)
	}
}
