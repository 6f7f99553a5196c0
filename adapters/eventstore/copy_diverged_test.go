package eventstore_test

import (
	"errors"
	"strings"
	"testing"

	"skein/adapters/eventstore"
)

// A target that holds what the source does not is refused and stays as it is.
func TestACopyToAnotherJournalIsRefused(t *testing.T) {
	t.Parallel()
	for name, meddle := range map[string]func(t *testing.T, here, there site){
		"revision 0 of stream grace": func(t *testing.T, _, there site) { there.says(t, "grace", `{"n":1}`) },
		"revision 1 of stream ada": func(t *testing.T, here, there site) {
			copied(t, eventstore.Copy{From: here.conn, To: there.conn})
			there.says(t, "ada", `{"n":2}`)
			here.says(t, "ada", `{"n":3}`)
		},
		"revision 0 of stream eve": func(t *testing.T, here, there site) {
			copied(t, eventstore.Copy{From: here.conn, To: there.conn})
			there.says(t, "eve", `{"n":2}`)
		},
		"revision 0 of stream ada": func(t *testing.T, here, there site) { // which was passed over
			here.says(t, "alan", `{"n":0}`)
			copyOf(t, here, there, "alan", 0)
			here.says(t, "ada", `{"n":1}`)
		},
		"revision 0 of stream alan": func(t *testing.T, here, there site) {
			there.says(t, "alan", `{"n":2}`)
			copyOf(t, here, there, "ada", 0)
			here.says(t, "alan", `{"n":3}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here, there := newSite(t), newSite(t)
			here.says(t, "ada", `{"n":0}`)
			meddle(t, here, there)
			before := there.texts(t)
			_, err := eventstore.Copy{From: here.conn, To: there.conn, Renumber: true}.Run(t.Context())
			if !errors.Is(err, eventstore.ErrDiverged) || !strings.Contains(err.Error(), name+":") {
				t.Error(err)
			}
			if after := there.texts(t); after != before {
				t.Errorf("%s became %s", before, after)
			}
		})
	}
}
