package httpapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
)

// TestBadInput asks for what cannot be. Every answer is a problem that names what
// is wrong, and nothing is written.
func TestBadInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.contact(`{"first_name":"Ada","email":"ada@example.org"}`)
	augusta := w.contact(`{"first_name":"Augusta"}`)
	absorbed := w.contact(`{"first_name":"Countess"}`)
	deleted := w.contact(`{"first_name":"Nobody"}`)
	w.merge(ada, absorbed)
	w.want(http.StatusNoContent, w.ask("DELETE", "/v1/spaces/{space}/contacts/"+deleted+confirmed, ""))
	w.want(http.StatusNoContent, w.ask("POST", "/v1/spaces/{space}/fields", `{"key":"city","type":"text"}`))

	const (
		spaces    = "/v1/organizations/{org}/spaces"
		fields    = "/v1/spaces/{space}/fields"
		contacts  = "/v1/spaces/{space}/contacts"
		inboxes   = "/v1/spaces/{space}/inboxes"
		mailboxes = "/v1/spaces/{space}/mailboxes"
		imported  = contacts + "/import"
		nobody    = contacts + "/0199dead-0000-7000-8000-000000000000"
	)
	csv := []string{"Content-Type", "text/csv"}
	deep := strings.Repeat(`{"not":`, 13) + `{"test":{"of":"city","how":"is","value":"Ulm"}}` + strings.Repeat(`}`, 13)
	for _, c := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		code, pointer            string
	}{
		// Bodies.
		{"unknown field", "POST", spaces, `{"name":"Ulm","colour":"red"}`, nil, 422, "body_invalid", "/colour"},
		{"field in another case", "POST", spaces, `{"Name":"Ulm"}`, nil, 422, "body_invalid", "/Name"},
		{"missing field", "POST", spaces, `{}`, nil, 422, "body_invalid", "/name"},
		{"wrong type", "POST", spaces, `{"name":5}`, nil, 422, "body_invalid", "/name"},
		{"wrong type of a part", "POST", spaces, `{"name":"Ulm","identifiers":["email",7]}`, nil, 422, "body_invalid", "/identifiers/1"},
		{"wrong type of a value", "POST", contacts, `{"fields":{"email":{"of":"ada"}}}`, nil, 422, "body_invalid", "/fields/email"},
		{"wrong type of the body", "POST", contacts, `[]`, nil, 422, "body_invalid", ""},
		{"null for a body", "POST", contacts, `null`, nil, 422, "body_invalid", ""},
		{"no body", "POST", contacts, ``, nil, 400, "body_missing", ""},
		{"not JSON", "POST", contacts, `{"fields":`, nil, 400, "body_unreadable", ""},
		{"two bodies", "POST", contacts, `{"fields":{}} {}`, nil, 400, "body_unreadable", ""},
		{"Latin-1 for UTF-8", "POST", contacts, "{\"fields\":{\"first_name\":\"Zo\xeb\"}}", nil, 400, "body_unreadable", ""},
		{"a key twice", "POST", contacts, `{"fields":{"first_name":"Ada","first_name":"Eve"}}`, nil, 400, "body_unreadable", ""},
		{"half of a letter", "POST", contacts, `{"fields":{"first_name":"\ud83d"}}`, nil, 400, "body_unreadable", ""},
		{"filter with a key twice", "GET", contacts + `?filter={"all":[],"all":[]}`, ``, nil, 422, "filter_unreadable", "/filter"},
		{"unknown field with a dot", "POST", contacts, `{"fields.email":"ada@example.org"}`, nil, 422, "body_invalid", "/fields.email"},
		{"a form", "POST", contacts, `name=Ada`, []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "body_type_unknown", ""},
		{"oversized", "POST", contacts, `{"fields":{"first_name":"` + strings.Repeat("a", 1<<20) + `"}}`, nil, 413, "body_too_large", ""},
		{"number out of range", "POST", contacts + "/search", `{"limit":1e300}`, nil, 422, "body_invalid", "/limit"},

		// Addresses.
		{"unknown route", "GET", "/v1/nowhere", ``, nil, 404, "route_unknown", ""},
		{"wrong method", "PUT", contacts, `{}`, nil, 405, "method_unknown", ""},
		{"odd method", "BREW", contacts, ``, nil, 405, "method_unknown", ""},
		{"unknown parameter", "GET", contacts + "?sorted=name", ``, nil, 422, "parameter_invalid", "/sorted"},
		{"limit too high", "GET", contacts + "?limit=201", ``, nil, 422, "parameter_invalid", "/limit"},
		{"limit no number", "GET", contacts + "?limit=many", ``, nil, 422, "parameter_invalid", "/limit"},
		{"unknown order", "GET", contacts + "?sort=shoe", ``, nil, 422, "sort_unknown", "/sort"},
		{"foreign cursor", "GET", contacts + "?cursor=bm8", ``, nil, 422, "cursor_invalid", "/cursor"},
		{"position no number", "GET", contacts, ``, []string{"Min-Position", "-1"}, 422, "parameter_invalid", "/Min-Position"},

		// Spaces and fields.
		{"blank name (C0-13)", "POST", spaces, `{"name":" "}`, nil, 422, "space_name_invalid", "/name"},
		{"name taken (C0-13)", "POST", spaces, `{"name":"berlin"}`, nil, 409, "space_name_taken", "/name"},
		{"unknown identifier (C1-13)", "POST", spaces, `{"name":"Ulm","identifiers":["shoe_size"]}`, nil, 422, "identifier_unknown", "/identifiers"},
		{"unknown role (C0-18)", "PUT", spaces + "/{space}/users/grace", `{"role":"king"}`, nil, 422, "role_unknown", "/role"},
		{"user that is an address", "PUT", spaces + "/{space}/users/a@b.c", `{"role":"agent"}`, nil, 422, "user_invalid", "/user"},
		{"field that exists otherwise", "POST", fields, `{"key":"city","type":"number"}`, nil, 409, "field_exists", "/key"},
		{"unknown type of field (C2-37)", "POST", fields, `{"key":"tea","type":"leaf"}`, nil, 422, "field_type_unknown", "/type"},

		// Contacts.
		{"unknown field of a contact", "POST", contacts, `{"fields":{"shoe/size":"9"}}`, nil, 422, "field_unknown", "/fields/shoe~1size"},
		{"value that does not fit", "POST", contacts, `{"fields":{"email":"ada"}}`, nil, 422, "value_invalid", "/fields/email"},
		{"email of another one (C1-15)", "POST", contacts, `{"fields":{"email":"Ada@Example.org"}}`, nil, 409, "identifier_taken", "/fields/email"},
		{"edit to the email of another one", "PATCH", contacts + "/" + augusta, `{"fields":{"email":"ada@example.org"}}`, nil, 409, "identifier_taken", "/fields/email"},
		{"no value", "POST", contacts, `{"fields":{"first_name":null}}`, nil, 422, "contact_empty", "/fields"},
		{"tag of two lines", "POST", contacts, `{"fields":{"first_name":"x"},"tags":["a\nb"]}`, nil, 422, "tag_invalid", "/tags"},
		{"unknown contact", "GET", nobody, ``, nil, 404, "contact_unknown", ""},
		{"edit of an unknown one", "PATCH", nobody, `{"fields":{}}`, nil, 404, "contact_unknown", ""},
		{"deletion of an unknown one", "DELETE", nobody + confirmed, ``, nil, 404, "contact_unknown", ""},
		{"history of an unknown one", "GET", nobody + "/history", ``, nil, 404, "contact_unknown", ""},
		{"deleted contact (C2-15)", "GET", contacts + "/" + deleted, ``, nil, 410, "contact_deleted", ""},
		{"edit of a deleted one", "PATCH", contacts + "/" + deleted, `{}`, nil, 410, "contact_deleted", ""},
		{"absorbed contact (C2-68)", "GET", contacts + "/" + absorbed, ``, nil, 308, "contact_merged", ""},
		{"edit of an absorbed one (C2-68)", "PATCH", contacts + "/" + absorbed, `{}`, nil, 409, "contact_merged", ""},
		{"deletion of an absorbed one", "DELETE", contacts + "/" + absorbed + confirmed, ``, nil, 409, "contact_merged", ""},

		// Merges (C2-69).
		{"merge with itself", "POST", contacts + "/" + ada + "/merge", `{"absorb":"` + ada + `"}`, nil, 422, "contact_is_itself", "/absorb"},
		{"merge with an unknown one", "POST", contacts + "/" + ada + "/merge", `{"absorb":"nobody"}`, nil, 404, "contact_unknown", "/absorb"},
		{"merge into an unknown one", "POST", nobody + "/merge", `{"absorb":"` + ada + `"}`, nil, 404, "survivor_unknown", ""},
		{"merge with a deleted one", "POST", contacts + "/" + ada + "/merge", `{"absorb":"` + deleted + `"}`, nil, 410, "contact_deleted", "/absorb"},
		{"merge into a deleted one", "POST", contacts + "/" + deleted + "/merge", `{"absorb":"` + ada + `"}`, nil, 410, "contact_deleted", ""},
		{"merge with an absorbed one", "POST", contacts + "/" + augusta + "/merge", `{"absorb":"` + absorbed + `"}`, nil, 409, "contact_merged", "/absorb"},
		{"merge into an absorbed one", "POST", contacts + "/" + absorbed + "/merge", `{"absorb":"` + augusta + `"}`, nil, 409, "contact_merged", ""},
		{"unknown choice (C2-60)", "POST", contacts + "/" + ada + "/merge", `{"absorb":"` + augusta + `","choices":{"email":"mine"}}`, nil, 422, "choice_unknown", "/choices/email"},
		{"choice of an unknown field", "POST", contacts + "/" + ada + "/merge", `{"absorb":"` + augusta + `","choices":{"shoe":"absorbed"}}`, nil, 422, "field_unknown", "/choices/shoe"},
		{"unmerge of what never was", "POST", contacts + "/" + augusta + "/unmerge", ``, nil, 409, "contact_not_merged", ""},
		{"unmerge of an unknown one", "POST", nobody + "/unmerge", ``, nil, 404, "contact_unknown", ""},
		{"moment of no kind", "GET", contacts + "/" + ada + "/history?at=yesterday", ``, nil, 422, "moment_unreadable", "/at"},

		// Imports (C2-18).
		{"nothing", "POST", imported, ``, csv, 422, "csv_empty", ""},
		{"blank lines", "POST", imported, "\n\n", csv, 422, "csv_empty", ""},
		{"a header only", "POST", imported, "email\n", csv, 422, "csv_empty", ""},
		{"a spreadsheet", "POST", imported, "PK\x03\x04\x14\x00\x06\x00\n", csv, 422, "csv_unreadable", ""},
		{"Latin-1", "POST", imported, "Stra\xdfe,email\nx,y\n", csv, 422, "csv_unreadable", ""},
		{"JSON", "POST", imported, "[{\"email\":\"ada@example.org\"}]\n1\n", csv, 422, "csv_unreadable", ""},
		{"as JSON", "POST", imported, `{"email":1}`, nil, 415, "body_type_unknown", ""},
		{"no header", "POST", imported, "Ada,ada2@example.org\nBob,bob@example.org\n", csv, 422, "column_unknown", ""},
		{"column of no field", "POST", imported, "email,shoe\na@b.de,9\n", csv, 422, "column_unknown", ""},
		{"column without a name", "POST", imported, "email,\na@b.de,9\n", csv, 422, "column_unknown", ""},
		{"column mapped to no field", "POST", imported + "?map=shoe:size", "email,shoe\na@b.de,9\n", csv, 422, "field_unknown", "/map"},
		{"mapped column that is not there", "POST", imported + "?map=shoe:city", "email\na@b.de\n", csv, 422, "column_missing", "/map"},
		{"mapping of no kind", "POST", imported + "?map=shoe", "email\na@b.de\n", csv, 422, "map_unreadable", "/map"},
		{"two columns for a field", "POST", imported + "?map=mail:email", "email,mail\na@b.de,c@d.de\n", csv, 422, "column_ambiguous", ""},
		{"unknown parameter of an import", "POST", imported + "?skip=shoe", "email\na@b.de\n", csv, 422, "parameter_invalid", "/skip"},
		{"import into nowhere", "POST", "/v1/spaces/nowhere/contacts/import", "email\na@b.de\n", csv, 404, "space_unknown", ""},

		// Filters and inboxes.
		{"filter that is not JSON", "GET", contacts + "?filter=city", ``, nil, 422, "filter_unreadable", "/filter"},
		{"filter that says more", "GET", contacts + `?filter={"tset":{}}`, ``, nil, 422, "filter_unreadable", "/filter"},
		{"filter of an unknown field", "POST", contacts + "/search", `{"filter":{"all":[{"test":{"of":"shoe","how":"is","value":"9"}}]}}`, nil, 422, "filter_field_unknown", "/filter/all/0/test/of"},
		{"filter with an unknown part", "POST", contacts + "/search", `{"filter":{"all":[{"tset":{}}]}}`, nil, 422, "body_invalid", "/filter/all/0/tset"},
		{"filter nested too deep (C2-38)", "POST", inboxes, `{"name":"Deep","filter":` + deep + `}`, nil, 422, "filter_too_deep", "/filter" + strings.Repeat("/not", 12)},
		{"inbox without a name (C2-42)", "POST", inboxes, `{"name":"","filter":{"test":{"of":"city","how":"is","value":"Ulm"}}}`, nil, 422, "inbox_name_invalid", "/name"},
		{"inbox of all (C2-42)", "POST", inboxes, `{"name":"All","filter":{}}`, nil, 422, "filter_empty", "/filter"},
		{"unknown inbox", "GET", inboxes + "/nowhere", ``, nil, 404, "inbox_unknown", ""},
		{"contacts of an unknown inbox", "GET", contacts + "?inbox=nowhere", ``, nil, 404, "inbox_unknown", ""},
		{"deletion of an unknown inbox", "DELETE", inboxes + "/nowhere", ``, nil, 404, "inbox_unknown", ""},

		// Mailboxes.
		{"host that does not answer", "POST", mailboxes, `{"host":"dead.example.org","port":993,"user":"ada","password":"secret!"}`, nil, 422, "mailbox_unreachable", "/host"},
		{"host that is none", "POST", mailboxes, `{"host":"imap.example.org/x","port":993,"user":"ada","password":"secret!"}`, nil, 422, "mailbox_host_invalid", "/host"},
		{"port that is none", "POST", mailboxes, `{"host":"imap.example.org","port":70000,"user":"ada","password":"secret!"}`, nil, 422, "body_invalid", "/port"},
		{"password of a wrong type", "POST", mailboxes, `{"host":"imap.example.org","port":993,"user":"ada","password":["secret!"]}`, nil, 422, "body_invalid", "/password"},
		{"password in a wrong place", "POST", mailboxes, `{"host":"imap.example.org","port":993,"user":"ada","pasword":"secret!"}`, nil, 422, "body_invalid", "/password"},
		{"fault on the way to a mailbox", "POST", mailboxes, `{"host":"odd.example.org","port":993,"user":"ada","password":"secret!"}`, nil, 500, "internal", ""},
		{"unknown mailbox", "GET", mailboxes + "/nowhere", ``, nil, 404, "mailbox_unknown", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := w.deeds()
			r := w.ask(c.method, c.path, c.body, append([]string{"X-Request-Id", "r1"}, c.headers...)...)
			if r.StatusCode != c.status || r.at("code") != c.code {
				t.Fatalf("answered %d %s, want %d %s", r.StatusCode, r.text, c.status, c.code)
			}
			if pointer, _ := r.json["pointer"].(string); pointer != c.pointer {
				t.Errorf("points to %q, want %q: %s", pointer, c.pointer, r.text)
			}
			if got := r.Header.Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("is %s", got)
			}
			if r.at("request_id") != "r1" || r.json["title"] == "" || r.json["detail"] == "" || r.json["status"] != float64(c.status) {
				t.Errorf("not a whole problem: %s", r.text)
			}
			if strings.Contains(r.text+w.log.String(), "secret!") || strings.Contains(r.text, "something within") {
				t.Errorf("says too much: %s %s", r.text, w.log.String())
			}
			if w.deeds() != before {
				t.Errorf("wrote %d events", w.deeds()-before)
			}
		})
	}
	if got := w.ask("PUT", contacts, `{}`).Header.Get("Allow"); got != "GET, POST" {
		t.Errorf("allows %q", got)
	}
	if n := strings.Count(w.log.String(), "level=ERROR"); n != 1 || !strings.Contains(w.log.String(), "request=r1") {
		t.Errorf("the one fault is logged once, with its request: %s", w.log.String())
	}
}

// TestSeveralFlaws names all that is wrong at once.
func TestSeveralFlaws(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.ask("POST", "/v1/spaces/{space}/mailboxes", `{"host":5,"colour":"red","port":993,"password":"secret!"}`)
	for i, want := range []string{"/colour", "/host", "/user"} {
		if r.at("errors", i, "pointer") != want {
			t.Errorf("flaw %d: %s", i, r.text)
		}
	}
}

// TestBodyCutOff does nothing with half a body.
func TestBodyCutOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.deeds()
	r := httptest.NewRequest("POST", "/v1/spaces/"+string(w.space)+"/contacts", io.MultiReader(strings.NewReader(`{"fields":{}}`), iotest.ErrReader(io.ErrUnexpectedEOF)))
	r.Header.Set("Authorization", "Bearer "+w.token)
	out := httptest.NewRecorder()
	w.http.ServeHTTP(out, r)
	if got := w.want(http.StatusBadRequest, read(t, out.Result())); got.at("code") != "body_cut_off" || w.deeds() != before || w.log.Len() > 0 {
		t.Errorf("answered %s", got.text)
	}
}

// TestOtherSpaces asks for what is another organization's, or of no form. The
// answers are the same, byte for byte, as those for what does not exist (C0-4,
// C1-4).
func TestOtherSpaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.contact(`{"first_name":"Ada"}`)
	box := w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}/inboxes", `{"name":"Ulm","filter":{"test":{"of":"country","how":"is","value":"Ulm"}}}`)).at("id")
	mail := w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}/mailboxes", `{"host":"imap.example.org","port":993,"user":"a","password":"b"}`)).at("id")
	org, token := w.newOrganization("Difference Engines", "charles")
	theirs := w.newSpace(org, "Devon")
	w.follow()
	mine, myToken := w.space, w.token

	type call struct{ method, path, body string }
	inSpace := func(space, contact, box, mail string) []call {
		s := "/v1/spaces/" + space
		return []call{
			{"POST", s + "/fields", `{"key":"city","type":"text"}`},
			{"GET", s + "/fields", ``},
			{"POST", s + "/contacts", `{"fields":{"first_name":"x"}}`},
			{"GET", s + "/contacts", ``},
			{"GET", s + "/contacts?inbox=" + box, ``},
			{"POST", s + "/contacts/search", `{}`},
			{"GET", s + "/contacts/" + contact, ``},
			{"PATCH", s + "/contacts/" + contact, `{}`},
			{"DELETE", s + "/contacts/" + contact + confirmed, ``},
			{"POST", s + "/contacts/" + contact + "/erase/preview", ``},
			{"GET", s + "/erasures", ``},
			{"GET", s + "/contacts/" + contact + "/history", ``},
			{"POST", s + "/contacts/" + contact + "/unmerge", ``},
			{"POST", s + "/contacts/" + contact + "/merge", `{"absorb":"0199dead-0000-7000-8000-000000000001"}`},
			{"POST", s + "/inboxes", `{"name":"x","filter":{"test":{"of":"country","how":"is","value":"x"}}}`},
			{"GET", s + "/inboxes", ``},
			{"GET", s + "/inboxes/" + box, ``},
			{"GET", s + "/inboxes/" + box + "/contacts", ``},
			{"DELETE", s + "/inboxes/" + box, ``},
			{"POST", s + "/mailboxes", `{"host":"dead.example.org","port":993,"user":"a","password":"b"}`},
			{"GET", s + "/mailboxes", ``},
			{"GET", s + "/mailboxes/" + mail, ``},
		}
	}
	inOrganization := func(org, space string) []call {
		o := "/v1/organizations/" + org + "/spaces"
		return []call{
			{"POST", o, `{"name":"x"}`},
			{"GET", o, ``},
			{"GET", o + "/" + space, ``},
			{"PUT", o + "/" + space + "/users/x", `{"role":"owner"}`},
			{"DELETE", o + "/" + space + "/users/x", ``},
		}
	}
	// same asks for both as the same person and compares.
	same := func(what string, token string, unknown, asked []call) {
		t.Helper()
		w.token = token
		for i := range asked {
			before := w.deeds()
			want := w.ask(unknown[i].method, unknown[i].path, unknown[i].body, "X-Request-Id", "r1")
			got := w.ask(asked[i].method, asked[i].path, asked[i].body, "X-Request-Id", "r1")
			if want.StatusCode != http.StatusNotFound || got.StatusCode != want.StatusCode || got.text != want.text {
				t.Errorf("%s: %s %s: %d %s, but unknown: %d %s", what, asked[i].method, asked[i].path, got.StatusCode, got.text, want.StatusCode, want.text)
			}
			if w.deeds() != before {
				t.Errorf("%s: %s %s wrote something", what, asked[i].method, asked[i].path)
			}
		}
	}
	const nobody = "0199dead-0000-7000-8000-000000000000"
	unknown := inSpace(nobody, ada, box, mail)
	same("another organization's space", token, unknown, inSpace(string(mine), ada, box, mail))
	same("a space of no form", myToken, unknown, inSpace("..%2f%00'", ada, box, mail))
	same("another organization", token, inOrganization(nobody, string(theirs)), inOrganization(string(w.org), string(theirs)))
	same("an organization of no form", token, inOrganization(nobody, string(theirs)), inOrganization("x", string(theirs)))
	same("another's space in one's own", token, inOrganization(string(org), nobody)[2:], inOrganization(string(org), string(mine))[2:])

	// What is of the other space is unknown in one's own, as is what is of no form.
	things := func(contact, box, mail string) []call {
		var calls []call
		for _, c := range inSpace(string(theirs), contact, box, mail) {
			if strings.Contains(c.path, contact) || strings.Contains(c.path, box) || strings.Contains(c.path, mail) {
				calls = append(calls, c)
			}
		}
		return calls
	}
	same("things of another space", token, things(nobody, nobody, nobody), things(ada, box, mail))
	same("things of no form", token, things(nobody, nobody, nobody), things("no-contact", "no-inbox", "no-mailbox"))
}
