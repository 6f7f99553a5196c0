package contact_test

import (
	"testing"

	"skein/domain/contact"
)

// Where there is no image, the initials of the name stand in for it, at most two
// letters, whatever they are written in (C2-9); who has no name has none (C2-10).
func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Ada Lovelace":          "AL",
		"ada":                   "A",
		"Augusta Ada King":      "AK",
		"  élodie   ångström ":  "ÉÅ",
		"e\u0301lodie":          "É",
		"王小明":                   "王",
		"ǆemal ﬀ":               "ǅﬀ",
		"(the) 2nd O'Neill":     "TO",
		"नी Singh":              "नीS",
		"ada@example.org":       "A",
		"+4930123456":           "?",
		"unknown":               "?",
		"":                      "?",
		"😀":                     "?",
		"\u202eevil \u0301mark": "EM",
		"a\u0335\u0335\u0335\u0335\u0335\u0335\u0335": "A\u0335\u0335\u0335\u0335",
	} {
		if got := contact.Initials(name); got != want {
			t.Errorf("initials of %q are %q, want %q", name, got, want)
		}
	}
}

// A contact's colour is the same for ever (C2-9).
func TestColour(t *testing.T) {
	seen := map[int]bool{}
	for _, id := range []contact.ID{"ada", "lord", "eve", "kit", ""} {
		h := id.Colour()
		if h < 0 || h > 359 {
			t.Errorf("%s has the hue %d", id, h)
		}
		seen[h] = true
	}
	if contact.ID("ada").Colour() != 163 || len(seen) < 4 {
		t.Errorf("ada has the hue %d, and all have %v", contact.ID("ada").Colour(), seen)
	}
}
