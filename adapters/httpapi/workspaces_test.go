package httpapi_test

import (
	"net/http"
	"strconv"
	"testing"
)

// One organization has as many spaces as it likes, where its plan sets no limit, for
// whatever split it wants (C1-3, C1-5, C1-7). Everything is done from inside one of
// them (C1-1, C1-2): the same address in two of them names two contacts that have
// nothing to do with each other (C1-20), and a contact of one is in no other.
func TestSpacesStandApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/plan", `{"plan":"enterprise"}`))
	var spaces, contacts []string
	for i := range 25 { // more than any limited plan allows
		made := w.want(http.StatusCreated, w.ask("POST", "/v1/organizations/{org}/spaces", `{"name":"Split `+strconv.Itoa(i)+`"}`))
		spaces = append(spaces, "/v1/spaces/"+made.at("id"))
		added := w.want(http.StatusCreated, w.ask("POST", spaces[i]+"/contacts", `{"fields":{"email":"us@example.org"}}`))
		contacts = append(contacts, added.at("id"))
	}
	w.want(http.StatusNoContent, w.ask("PATCH", spaces[0]+"/contacts/"+contacts[0], `{"fields":{"first_name":"Ada"}}`))
	w.follow()
	if other := w.want(http.StatusOK, w.ask("GET", spaces[1]+"/contacts/"+contacts[1], "")); other.at("fields", "first_name") != "nothing" && other.at("fields", "first_name") != "null" {
		t.Errorf("what is said in one space shows in another: %s", other.text)
	}
	w.want(http.StatusNotFound, w.ask("GET", spaces[1]+"/contacts/"+contacts[0], ""))
	w.want(http.StatusNotFound, w.ask("POST", spaces[1]+"/contacts/"+contacts[1]+"/merge", `{"absorb":"`+contacts[0]+`"}`))
}
