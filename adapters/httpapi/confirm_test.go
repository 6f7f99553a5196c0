package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
)

// confirmed is the query of a deletion that is meant.
const confirmed = "?confirm=true"

// C2-14: a contact is not deleted before somebody has said that it is to go though
// nobody can undo it; what says so nowhere, or elsewhere, deletes nothing.
func TestConfirmedDeletion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.contact(`{"first_name":"Ada"}`)
	before := w.deeds()
	for _, unsaid := range []string{"", "?confirm=false", "?confirm="} {
		r := w.want(http.StatusUnprocessableEntity, w.ask("DELETE", contacts+ada+unsaid, ""))
		if r.at("code") != "confirmation_missing" || r.at("pointer") != "/confirm" || !strings.Contains(r.at("detail"), "cannot be undone") || !strings.Contains(r.at("detail"), confirmed) {
			t.Errorf("%s: %s", unsaid, r.text)
		}
	}
	for _, odd := range []string{"?confirm=sure", "?confirmed=true"} {
		if r := w.want(http.StatusUnprocessableEntity, w.ask("DELETE", contacts+ada+odd, "")); r.at("code") != "parameter_invalid" {
			t.Errorf("%s: %s", odd, r.text)
		}
	}
	if w.deeds() != before {
		t.Errorf("wrote %d events", w.deeds()-before)
	}
	w.want(http.StatusNoContent, w.ask("DELETE", contacts+ada+confirmed, ""))
	w.want(http.StatusGone, w.ask("DELETE", contacts+ada+confirmed, ""))
}
