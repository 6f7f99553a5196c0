package eventstore_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"skein/adapters/eventstore"
	"skein/domain"
)

// hashless takes the hash off an event, and the time before it, as anybody can.
func hashless(a *line) { a.Metadata = link.ReplaceAllString(a.Metadata, "}") }

var link = regexp.MustCompile(`,"at":"[^"]*","chain":"[^"]*"}$`)

// Who takes all hashes off, or those up to some event, may change what is then without
// one: it is found by those who know since when all have to carry one, and by nobody else.
func TestHashesCannotBeTakenOff(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	bare, j := eventstore.NewJournal(s.conn, codec), eventstore.NewJournal(s.conn, codec).Chained(hash)
	chained := tells(t, bare, "contact-lab.old", 0, 2)
	s.says(t, "elsewhere", `{}`)
	tells(t, j, "contact-lab.ada", 0, 2)
	tells(t, j, "contact-lab.old", 2, 1)
	tells(t, j, "contact-lab.eve", 0, 2)
	s.says(t, "elsewhere", `{}`)
	if broken, done := checkSince(t, s, chained); broken != "" || done.Linked != 5 {
		t.Errorf("%+v\n%s", done, broken)
	}
	const are = " carries no hash, though events were recorded with one by then\n"
	ofAda := "0@contact-lab.ada" + are + "1@contact-lab.ada" + are
	for off, c := range map[string]struct {
		left []string // streams whose hashes are
		want string
	}{
		"All":      {nil, ofAda + "2@contact-lab.old" + are + "0@contact-lab.eve" + are + "1@contact-lab.eve" + are},
		"AtFirst":  {[]string{"contact-lab.eve"}, ofAda + "2@contact-lab.old" + are},
		"OfTheOld": {[]string{"contact-lab.ada", "contact-lab.eve"}, "2@contact-lab.old carries no hash, though events recorded before it do\n"},
	} {
		t.Run(off, func(t *testing.T) {
			t.Parallel()
			there := altered(t, s, func(a *line) {
				if !slices.Contains(c.left, a.Stream) {
					hashless(a)
				}
				if len(c.left) < 2 && a.name() == "0@contact-lab.ada" {
					a.Data = `{"says":{"first_name":"Eve"}}`
				}
			})
			if broken, _ := checkSince(t, there, chained); broken != c.want {
				t.Errorf("%sinstead of\n%s", broken, c.want)
			}
			if broken, _ := check(t, there); len(c.left) < 2 && broken != "" {
				t.Error(broken)
			}
		})
	}
}

// Hashes that are taken off alone leave what the journal never recorded.
func TestATimeAloneIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	tells(t, eventstore.NewJournal(s.conn, codec).Chained(hash), "contact-lab.ada", 0, 1)
	there := altered(t, s, func(a *line) { a.Metadata = a.Metadata[:strings.Index(a.Metadata, `,"chain"`)] + "}" })
	if broken, _ := check(t, there); broken != "0@contact-lab.ada carries no hash, and metadata that were not recorded so\n" {
		t.Error(broken)
	}
}

// The first event of a stream tells whether it was recorded with a hash, and where.
func TestLinked(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	bare, j := eventstore.NewJournal(s.conn, codec), eventstore.NewJournal(s.conn, codec).Chained(hash)
	old := tells(t, bare, "contact-lab.old", 0, 1)
	tells(t, j, "contact-lab.old", 1, 1)
	ada := tells(t, j, "contact-lab.ada", 0, 1)
	for stream, want := range map[domain.Stream]struct {
		at domain.Position
		is bool
	}{"contact-lab.old": {old, false}, "contact-lab.ada": {ada, true}, "contact-lab.nobody": {}} {
		if at, is, err := bare.Linked(t.Context(), stream); at != want.at || is != want.is || err != nil {
			t.Errorf("%s: %d, %v, %v", stream, at, is, err)
		}
	}
}
