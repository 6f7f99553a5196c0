package eventstore_test

import (
	"fmt"
	"testing"

	"skein/adapters/eventstore"
	"skein/domain"
)

// Of the streams that are looked for, what is wanted comes in its order up to a
// position, and what cannot be read comes with its error and holds nothing up.
func TestSift(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	j := eventstore.NewJournal(s.conn, codec)
	tells(t, j, "contact-lab.ada", 0, 2)
	tells(t, j, "contact-lab.eve", 0, 1)
	tells(t, j, "contact-den.kit", 0, 1)
	tells(t, j, "contact-lab.ada", 2, 1)
	until, err := j.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tells(t, j, "contact-lab.ada", 3, 1)
	there := altered(t, s, func(a *line) {
		if a.name() == "1@contact-lab.ada" {
			a.Data = "?" + a.Data[1:]
		}
	})
	var got []string
	notEve := func(s domain.Stream) bool { return s != "contact-lab.eve" }
	for r, err := range eventstore.NewJournal(there.conn, codec).Sift(t.Context(), until, notEve, "contact-lab.") {
		got = append(got, fmt.Sprint(r.Revision, "@", r.Stream, " ", r.Event != nil, " ", err == nil))
	}
	want := "[0@contact-lab.ada true true 1@contact-lab.ada false false 2@contact-lab.ada true true]"
	if fmt.Sprint(got) != want {
		t.Errorf("it yields %s instead of %s", got, want)
	}
	for range eventstore.NewJournal(there.conn, codec).Sift(t.Context(), until, notEve, "contact-") {
		break // whoever reads ahead ends
	}
}
