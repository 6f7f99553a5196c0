package httpapi_test

import (
	"archive/zip"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// estate is a space of an organization: what is in it, and who may enter it. All that
// is said in it has its mark.
type estate struct {
	mark  string
	ids   map[string]string // by what stands for it in paths
	users []asker
}

// asker is somebody with a token, and the marks of what is theirs.
type asker struct {
	token string
	marks []string
}

// marked finds the marks in what was answered.
var marked = regexp.MustCompile(`mark[0-9]+x`)

// Whoever asks whatever for, no byte of another space or another organization is in
// any answer, and what is there but foreign is answered like what is not there.
func TestForeignLaw(t *testing.T) {
	t.Parallel()
	requests := 1_000
	if os.Getenv("SKEIN_LONG") != "" {
		requests = 100_000
	}
	w := newWorld(t)
	estates := w.estates(5, 10)
	all := slices.DeleteFunc(operations(t, w), func(o operationRow) bool {
		return !strings.HasPrefix(o.path, "/v1/") || o.id == "foundOrganization"
	})
	slices.SortFunc(all, func(a, b operationRow) int { return strings.Compare(a.id, b.id) })
	seed := rand.Uint64()
	chance := rand.New(rand.NewPCG(seed, 0))
	seen, own := map[int]int{}, 0
	for n := range requests {
		home := estates[chance.IntN(len(estates))]
		who := home.users[chance.IntN(len(home.users))]
		there := estates[chance.IntN(len(estates))]
		if chance.IntN(3) == 0 {
			there = home
		}
		o := all[chance.IntN(len(all))]
		asked := func(ids map[string]string) reply {
			headers := []string{"Authorization", "Bearer " + who.token, "X-Request-Id", fmt.Sprint("r", n), "If-Match", `"1"`}
			if o.id == "importContacts" {
				headers = append(headers, "Content-Type", "text/csv")
			}
			r := w.ask(o.method, filled(o.path, ids)+rights[o.id].query, filled(bodies(o.id), ids), headers...)
			seen[r.StatusCode]++
			if r.StatusCode >= 500 {
				t.Errorf("seed %d, %s: %d %s", seed, o.id, r.StatusCode, r.text)
			}
			for _, mark := range marked.FindAllString(fmt.Sprint(unpacked(t, r), r.Header), -1) {
				if own++; !slices.Contains(who.marks, mark) {
					t.Errorf("seed %d, %s of %s tells of %s: %s", seed, o.id, home.mark, mark, unpacked(t, r))
				}
			}
			return r
		}
		if slices.Contains(who.marks, there.mark) {
			if o.method == http.MethodGet || slices.Contains([]string{"searchContacts", "lookUpIdentifier", "createContact", "editContact"}, o.id) {
				asked(there.ids)
			}
			continue
		}
		foreign, unknown := maps.Clone(home.ids), maps.Clone(home.ids)
		some := false
		for name := range home.ids { // what is not asked for is their own
			if there.ids[name] != home.ids[name] && strings.Contains(o.path+bodies(o.id), name) && chance.IntN(3) > 0 {
				foreign[name], unknown[name], some = there.ids[name], newID(), true
			}
		}
		if !some {
			continue // it is all their own
		}
		got, want := asked(foreign), asked(unknown)
		if a, b := blind(got, foreign), blind(want, unknown); a != b {
			t.Errorf("seed %d, %s of %s: foreign is answered\n%s\nand unknown\n%s", seed, o.id, home.mark, a, b)
		}
		if got.StatusCode < 300 {
			t.Errorf("seed %d, %s of %s may do it with what is foreign: %d %s", seed, o.id, home.mark, got.StatusCode, got.text)
		}
		if t.Failed() {
			return
		}
	}
	if seen[http.StatusOK] < requests/10 || seen[http.StatusNotFound] < requests/4 || own < requests/10 {
		t.Errorf("answered with %v, and %d marks of their own", seen, own)
	}
}

// blind is an answer without the ids it was asked for with.
func blind(r reply, ids map[string]string) string {
	text := fmt.Sprint(r.StatusCode, r.Header, r.text)
	for name, id := range ids {
		text = strings.ReplaceAll(text, id, name)
	}
	return text
}

// bodies are what operations are sent, with foreign things in them too.
func bodies(id string) string {
	switch id {
	case "mergeContacts", "previewMerge":
		return `{"absorb":"{other}"}`
	case "mergeMany":
		return `{"absorb":["{other}","x"]}`
	case "createContact":
		return `{"fields":{"first_name":"Ada"}}`
	}
	return rights[id].body
}

func filled(text string, ids map[string]string) string {
	for name, id := range ids {
		text = strings.ReplaceAll(text, name, id)
	}
	return strings.NewReplacer("{user}", "kit", "{module}", "white_label").Replace(text)
}

// estates makes organizations with spaces, in which everything there can be is.
func (w *world) estates(organizations, spaces int) (all []*estate) {
	w.t.Helper()
	for range organizations {
		org, token := w.newOrganization("Organization", "ada")
		w.org, w.token = org, token
		for range spaces {
			e := &estate{mark: fmt.Sprintf("mark%dx", len(all))}
			w.space = w.newSpace(org, e.mark)
			made := func(path, body string) string {
				w.t.Helper()
				return w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}"+path, strings.ReplaceAll(body, "MARK", e.mark))).at("id")
			}
			w.want(http.StatusNoContent, w.ask("POST", "/v1/spaces/{space}/fields", `{"key":"`+e.mark+`","type":"text"}`))
			e.ids = map[string]string{
				"{organization}": string(org), "{space}": string(w.space),
				"{contact}":    made("/contacts", `{"fields":{"first_name":"MARK","email":"MARK@example.org","MARK":"MARK"},"tags":["MARK"]}`),
				"{other}":      made("/contacts", `{"fields":{"last_name":"MARK"}}`),
				"{inbox}":      made("/inboxes", `{"name":"MARK","filter":{"test":{"of":"tag","how":"is","value":"MARK"}}}`),
				"{mailbox}":    made("/mailboxes", `{"name":"MARK","host":"MARK.example.org","port":993,"security":"tls","user":"MARK","password":"p"}`),
				"{credential}": made("/credentials", `{"label":"MARK","role":"agent"}`),
				"{token}":      w.want(http.StatusCreated, w.ask("POST", "/v1/organizations/{org}/members/"+e.mark+"/tokens", `{"label":"`+e.mark+`"}`)).at("id"),
			}
			w.want(http.StatusNoContent, w.ask("PUT", oneSpace+"/users/"+e.mark, `{"role":"owner"}`))
			for _, token := range []string{w.tokenOf(e.mark), w.credential("{space}", owner).at("token"), w.credential("{space}", manager).at("token")} {
				e.users = append(e.users, asker{token, []string{e.mark}})
			}
			e.users = append(e.users, asker{token: token})
			all = append(all, e)
		}
	}
	for i, e := range all { // the marks of an organization are all its administrator's
		for _, other := range all[i/spaces*spaces : (i/spaces+1)*spaces] {
			e.users[len(e.users)-1].marks = append(e.users[len(e.users)-1].marks, other.mark)
		}
	}
	return all
}

// unpacked is the text of an answer, and of the files in it if it is an archive.
func unpacked(t *testing.T, r reply) string {
	t.Helper()
	if r.Header.Get("Content-Type") != "application/zip" {
		return r.text
	}
	archive, err := zip.NewReader(strings.NewReader(r.text), int64(len(r.text)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range archive.File {
		content, err := file.Open()
		if err == nil {
			_, err = io.Copy(&all, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}
