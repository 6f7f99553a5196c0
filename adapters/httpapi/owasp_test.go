package httpapi_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"skein/adapters/imapsync"
)

// The OWASP API Security Top 10 of 2023, one test each. API2 is in limit_test.go.

// What is another's is answered like what is not there. TestForeignLaw asks for
// everything as everybody, and TestForeignCredential and TestRights all operations.
func TestAPI1BrokenObjectLevelAuthorization(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	theirs := w.contact(`{"first_name":"Ada"}`)
	mine := w.newSpace(w.org, "Hamburg")
	w.follow()
	shop := append(bearing(w.credential(string(mine), manager).at("token")), "X-Request-Id", "r1")
	for _, in := range []string{"{space}", string(mine)} {
		got := w.want(http.StatusNotFound, w.ask("GET", "/v1/spaces/"+in+"/contacts/"+theirs, "", shop...))
		unknown := w.want(http.StatusNotFound, w.ask("GET", strings.Replace("/v1/spaces/"+in, "{space}", newID(), 1)+"/contacts/"+newID(), "", shop...))
		if got.text != unknown.text {
			t.Errorf("foreign: %s\nunknown: %s", got.text, unknown.text)
		}
	}
}

// Nobody sets what is not theirs to set, by adding it to a body, nor reads what is
// secret. TestRefusals and the strict reading of JSON have more of it.
func TestAPI3BrokenObjectPropertyLevelAuthorization(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, body := range map[string]string{
		"/v1/spaces/{space}/contacts":            `{"fields":{"first_name":"Ada"},"id":"x"}`,
		"/v1/spaces/{space}/credentials":         `{"label":"x","role":"agent","hash":"x"}`,
		"/v1/organizations/{org}/spaces":         `{"name":"Bonn","organization":"x"}`,
		"/v1/me/tokens":                          `{"holder":"eve"}`,
		"/v1/organizations/{org}/spaces/{space}": `{"contacts":0}`,
	} {
		method := "POST"
		if strings.HasSuffix(path, "{space}") {
			method = "PATCH"
		}
		if r := w.ask(method, path, body, "If-Match", `"1"`); r.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s %s: %d %s", path, body, r.StatusCode, r.text)
		}
	}
	w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}/mailboxes", `{"host":"imap.example.org","port":993,"security":"tls","user":"us","password":"planted-password"}`))
	secret := w.credential("{space}", agent).at("token")
	for _, path := range []string{"/mailboxes", "/credentials"} {
		read := w.want(http.StatusOK, w.ask("GET", "/v1/spaces/{space}"+path, ""))
		if strings.Contains(read.text, "planted-password") || strings.Contains(read.text, secret) || strings.Contains(read.text, "hash") {
			t.Errorf("%s: %s", path, read.text)
		}
	}
}

// Bodies, pages and requests a minute are bounded. TestLimit counts requests, and
// filters, merges and archives have bounds of their own.
func TestAPI4UnrestrictedResourceConsumption(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	big := `{"fields":{"first_name":"` + strings.Repeat("x", 1<<20) + `"}}`
	w.want(http.StatusRequestEntityTooLarge, w.ask("POST", "/v1/spaces/{space}/contacts", big))
	pages := 0
	document := w.want(http.StatusOK, w.ask("GET", "/openapi.json", "")).json["paths"].(map[string]any)
	for _, o := range operations(t, w) {
		told := document[o.path].(map[string]any)[strings.ToLower(o.method)].(map[string]any)
		most := map[string]any{}
		parameters, _ := told["parameters"].([]any)
		for _, p := range parameters {
			p := p.(map[string]any)
			most[p["name"].(string)] = p["schema"].(map[string]any)["maximum"]
		}
		_, cursor := most["cursor"]
		limit, paged := most["limit"]
		switch {
		case paged:
			if n, _ := limit.(float64); n < 1 || n > 200 {
				t.Errorf("%s has pages of %v", o.id, limit)
			}
			pages++
		case cursor || strings.HasPrefix(o.id, "list") && !slices.Contains(whole, o.id):
			t.Errorf("%s has pages of any size", o.id)
		}
	}
	if pages < 5 {
		t.Errorf("only %d operations have pages", pages)
	}
	for _, path := range []string{"/v1/spaces/{space}/contacts", "/v1/organizations/{org}/spaces", "/v1/organizations/{org}/deletions"} {
		w.want(http.StatusUnprocessableEntity, w.ask("GET", path+"?limit=201", ""))
	}
	w.want(http.StatusUnprocessableEntity, w.ask("POST", "/v1/spaces/{space}/contacts/search", `{"limit":201}`))
	w.Limit = 1
	w.http = w.anew()
	w.want(http.StatusOK, w.ask("GET", "/v1/me", ""))
	w.want(http.StatusTooManyRequests, w.ask("GET", "/v1/me", ""))
}

// whole are lists without pages: of fields there are 300 in a space at most, and of
// the others as many as those who build a space or an organization made by hand.
var whole = []string{"listChannels", "listFields", "listInboxes", "listMailboxes", "listMembers", "listUserSpaces"}

// What only an administrator may do is refused to all others, however they ask.
// TestRights asks all operations as all roles.
func TestAPI5BrokenFunctionLevelAuthorization(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/members/kit", `{"role":"member"}`))
	kit := bearing(w.tokenOf("kit"))
	for _, ask := range [][3]string{
		{"PUT", "/v1/organizations/{org}/plan", `{"plan":"enterprise"}`},
		{"PUT", "/v1/organizations/{org}/members/kit", `{"role":"organization_admin"}`},
		{"DELETE", oneSpace, `{"confirm":"Berlin"}`},
	} {
		if r := w.want(http.StatusForbidden, w.ask(ask[0], ask[1], ask[2], kit...)); r.at("code") != "role_insufficient" {
			t.Errorf("%v: %s", ask, r.text)
		}
	}
	for _, sly := range []string{"GET", "POST"} { // what says that it is something else
		if r := w.ask(sly, "/v1/organizations/{org}/plan", `{"plan":"enterprise"}`, append(kit, "X-HTTP-Method-Override", "PUT")...); r.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d %s", sly, r.StatusCode, r.text)
		}
	}
}

// What is done in bulk has the same quotas as one thing after the other: a file fills
// no space beyond its limit. TestContactLimit has it for all ways, and TestPlans for
// the number of spaces.
func TestAPI6UnrestrictedAccessToSensitiveBusinessFlows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.limit(2)
	r := w.want(http.StatusOK, w.ask("POST", "/v1/spaces/{space}/contacts/import", "first_name\n"+strings.Repeat("Ada\n", 20), "Content-Type", "text/csv"))
	if !strings.Contains(r.text, "contact_limit_reached") {
		t.Errorf("imported: %s", r.text)
	}
	if list := w.ask("GET", "/v1/spaces/{space}/contacts", ""); strings.Count(list.text, `"name":"Ada"`) != 2 {
		t.Errorf("there are %s", list.text)
	}
}

// A mailbox is no way into the network that the server is in: what is not public is
// not dialled. TestOnlyPublicAddressesAreAllowed has all kinds of addresses, and
// TestRebinding names that change.
func TestAPI7ServerSideRequestForgery(t *testing.T) {
	t.Parallel()
	within, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer within.Close()
	w := newWorld(t)
	w.Commands.Mail = imapsync.Mail{}
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1", "::ffff:127.0.0.1", "0.0.0.0"} {
		body := fmt.Sprintf(`{"host":%q,"port":143,"security":"none","user":"u","password":"p"}`, host)
		if r := w.ask("POST", "/v1/spaces/{space}/mailboxes", body); r.StatusCode != http.StatusUnprocessableEntity || r.at("pointer") != "/host" {
			t.Errorf("%s: %d %s", host, r.StatusCode, r.text)
		}
	}
	body := fmt.Sprintf(`{"host":"127.0.0.1","port":%d,"security":"none","user":"u","password":"p"}`, within.Addr().(*net.TCPAddr).Port)
	w.want(http.StatusUnprocessableEntity, w.ask("POST", "/v1/spaces/{space}/mailboxes", body))
	_ = within.(*net.TCPListener).SetDeadline(time.Now())
	if conn, err := within.Accept(); err == nil {
		conn.Close()
		t.Error("it was dialled")
	}
}

// Answers say how they are to be taken, nothing is there for debugging, and nobody
// learns what failed within.
func TestAPI8SecurityMisconfiguration(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{"/v1/me", "/v1/nowhere", "/openapi.json", "/docs", "/healthz"} {
		h := w.ask("GET", path, "", "Origin", "https://elsewhere.example.org").Header
		if h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") ||
			h.Get("Cache-Control") != "no-store" || h.Get("Access-Control-Allow-Origin") != "" || h.Get("Server") != "" || h.Get("X-Powered-By") != "" {
			t.Errorf("%s: %v", path, h)
		}
	}
	for _, path := range []string{"/debug/pprof/", "/debug/vars", "/debug/pprof/heap", "/.git/config", "/.env", "/admin", "/v1/", "/"} {
		w.want(http.StatusNotFound, w.ask("GET", path, ""))
	}
	w.want(http.StatusMethodNotAllowed, w.ask("TRACE", "/v1/me", ""))
	r := w.want(http.StatusInternalServerError, w.ask("POST", "/v1/spaces/{space}/mailboxes", `{"host":"odd.example.org","port":993,"security":"tls","user":"u","password":"p"}`))
	if strings.Contains(r.text, "within") || strings.Contains(r.text, ".go") || r.at("code") != "internal" {
		t.Errorf("tells %s", r.text)
	}
}

// The document has every route, and every route is in it. TestDocument compares all
// that is said of them.
func TestAPI9ImproperInventoryManagement(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	told := map[string]bool{}
	for _, o := range operations(t, w) {
		told[o.method+" "+o.path] = true
	}
	err := chi.Walk(w.http.(chi.Routes), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if !told[method+" "+route] {
			t.Errorf("%s %s is not in the document", method, route)
		}
		delete(told, method+" "+route)
		return nil
	})
	if err != nil || len(told) > 0 {
		t.Errorf("only in the document: %v, %v", told, err)
	}
}

// What a mail server says is neither believed nor repeated. TestHostileServers has
// dozens of odd ones, TestBombs and TestDifficultMail what they can deliver.
func TestAPI10UnsafeConsumptionOfAPIs(t *testing.T) {
	t.Parallel()
	hostile, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer hostile.Close()
	go func() {
		for {
			conn, err := hostile.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "* OK <script>alert(1)</script> "+strings.Repeat("\x00\r\n{99999999999}", 1<<12))
			conn.Close()
		}
	}()
	w := newWorld(t)
	w.Commands.Mail = imapsync.Mail{Client: imapsync.Client{AllowPrivate: true, Timeout: 10 * time.Second}}
	body := fmt.Sprintf(`{"host":"127.0.0.1","port":%d,"security":"none","user":"u","password":"planted"}`, hostile.Addr().(*net.TCPAddr).Port)
	r := w.want(http.StatusUnprocessableEntity, w.ask("POST", "/v1/spaces/{space}/mailboxes", body))
	if !strings.HasPrefix(r.at("code"), "mailbox_") || strings.Contains(r.text, "script") || strings.Contains(r.text+w.log.String(), "planted") {
		t.Errorf("answered %s", r.text)
	}
}
