package contact_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/domaintest"
)

// Of every event that there is, nothing is left of what the contact was: only ids, fields,
// rules, choices and times, and that something was said of a field.
func TestRedacted(t *testing.T) {
	t.Parallel()
	stay := []string{
		"hidden", "@email:hidden", "@whatsapp:hidden", "", "email", "manual", "split", "score", "sum", "country", "first_name", "cleared", "absorbed", "survivor", "closed",
		"0197a4c8-51f0-7cc0-9e9a-3f1f52f4a00b", "last", "of", "incoming", "incoming_of", "channel", "identity",
		"ada", "eve", "lord", "m-1", "m-2", "b-1", "7", "2026-01-05T09:00:00Z", "2026-01-06T09:00:00Z",
	}
	files, _ := filepath.Glob(filepath.Join("testdata", "*.json"))
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		kind := strings.Join(strings.Split(filepath.Base(file), ".")[:2], ".")
		was, err := domain.NewCodec(contact.Facts).Decode(kind, data)
		if err != nil {
			t.Fatal(err)
		}
		is := contact.Redact(was.(contact.Event), contact.Redaction{Own: true, Hide: func(name string) string {
			if name == "" {
				return ""
			}
			return name[:strings.IndexAny(name, " :")+1] + "hidden"
		}})
		for _, text := range domaintest.Texts(t, is) {
			if _, after, ref := strings.Cut(text, " "); !slices.Contains(stay, text) && (!ref || after != "hidden") {
				t.Errorf("%s still says %q", file, text)
			}
		}
		if is.Kind() != kind {
			t.Errorf("%s reads as %s", file, is.Kind())
		}
	}
}

// Of what was split off and went to those of whom nothing is left, a story says no more
// which tags and identities there were. Of others, of fields, and of what it has again, it
// goes on to say so.
func TestRedactedForgets(t *testing.T) {
	t.Parallel()
	var s story
	s.happen("lord", contact.Created{Says: map[contact.Slot]string{"email": "us@example.org", "@email:us@example.org": "on", "#poet": "on", "#vip": "on"}})
	s.happen("lord", contact.Split{Into: "ada", Says: map[contact.Slot]string{"email": "us@example.org", "@email:us@example.org": "on", "#vip": "on"}})
	s.happen("lord", contact.Split{Into: "eve", Says: map[contact.Slot]string{"#poet": "on"}})
	s.happen("lord", contact.Redacted{To: []contact.ID{"ada"}, But: []contact.Slot{"#vip"}})
	c := contact.Replay("lord", s)
	for slot, to := range map[contact.Slot]contact.ID{"email": "ada", "#vip": "ada", "#poet": "eve"} {
		if v, has := c.Values[slot]; c.Gave[slot] != to || !has || v.Text != "" {
			t.Errorf("of %s it says %+v, gone to %s", slot, v, c.Gave[slot])
		}
	}
	if _, has := c.Values["@email:us@example.org"]; has || len(c.Gave) != 3 || c.Length != 4 {
		t.Errorf("it says %+v", c)
	}
}

// The story of a contact that was deleted says nothing of what it was.
func TestDeletedSaysNothing(t *testing.T) {
	t.Parallel()
	var s story
	s.happen("ada", ada)
	s.happen("lord", contact.Created{Says: map[contact.Slot]string{"email": "us@example.org", "#poet": "on"}})
	s.happen("lord", contact.Split{Into: "eve", Says: map[contact.Slot]string{"#poet": "on"}})
	s.happen("lord", contact.Merged{Survivor: "ada", Choices: map[string]contact.Choice{"#poet": contact.Survivors, "email": contact.Absorbeds}})
	s.happen("ada", contact.Deleted{})
	f := s.family()
	for _, c := range []contact.Contact{f.Own("lord"), f.Own("lord").GoneAt(5), f.Own("ada")} {
		if c.Deleted == 0 || len(c.Values)+len(c.Gave)+len(c.Merge.Choices)+len(c.Touches)+len(c.Talks) > 0 {
			t.Errorf("it says %+v", c)
		}
	}
}
