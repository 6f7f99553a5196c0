package eventstore_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"skein/adapters/eventstore"
	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
)

// A journal without a key is as good a journal; it chains nothing and checks nothing.
func TestWithoutAKeyNothingIsChained(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	bare := eventstore.NewJournal(s.conn, codec)
	journaltest.Run(t, func(*testing.T) commands.Journal { return bare })
	for e := range readAll(t, s.client) {
		if strings.Contains(string(e.UserMetadata), "chain") {
			t.Errorf("%s of %s", e.UserMetadata, e.StreamID)
		}
	}
	if _, err := bare.CheckChains(t.Context(), 0, 1, nil); !errors.Is(err, eventstore.ErrNoChain) {
		t.Error(err)
	}
}

// What is recorded says who asked for it as ever, and carries its time and link behind that.
func TestMetadataCarryTheLinkLast(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	j := eventstore.NewJournal(s.conn, codec).Chained(hash)
	tells(t, j, "contact-lab.ada", 0, 2)
	form := regexp.MustCompile(`^\{"by":"test","request":"r-1","at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z","chain":"[\w-]{22}"\}$`)
	for e := range readAll(t, s.client) {
		if !strings.HasPrefix(e.StreamID, "$") && !form.Match(e.UserMetadata) {
			t.Errorf("%s", e.UserMetadata)
		}
	}
	for r, err := range j.Read(t.Context(), "contact-lab.ada", 0) {
		if err != nil || r.By != by {
			t.Errorf("%+v, %v", r, err)
		}
	}
}

// Whoever writes under the same key goes on with one chain: those that have just read the
// stream, have just written it, have forgotten it, or never saw it, and a restored event
// as well as another.
func TestSeveralGoOnWithOneChain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	writers := make([]*eventstore.Journal, 3)
	for i := range writers {
		writers[i] = eventstore.NewJournal(s.conn, codec).Chained(hash)
	}
	const ada = domain.Stream("contact-lab.ada")
	length := uint64(0)
	for n := range uint64(20) {
		j := writers[n%3]
		if n%4 == 0 {
			for range j.Read(t.Context(), ada, length/2) {
			}
		}
		tells(t, j, ada, length, 1+n%3)
		length += 1 + n%3
	}
	was := domain.Metadata{By: by, Created: domain.Created{Time: time.Date(2020, 1, 6, 9, 0, 0, 123_000, time.UTC)}}
	if _, err := writers[0].Restore(t.Context(), ada, length, was, named("Ada")); err != nil {
		t.Fatal(err)
	}
	if _, err := writers[1].Append(t.Context(), ada, length, by, named("Eve")); !errors.Is(err, commands.ErrMovedOn) {
		t.Error(err)
	}
	sound(t, s, eventstore.Checked{Events: int(length) + 1, Streams: 1, Linked: int(length) + 1})
}

// What was recorded before there were chains is sealed by the first link of its stream.
func TestAChainBeginsInTheMiddleOfAStream(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	bare, j := eventstore.NewJournal(s.conn, codec), eventstore.NewJournal(s.conn, codec).Chained(hash)
	tells(t, bare, "contact-lab.ada", 0, 3)
	tells(t, bare, "contact-lab.eve", 0, 1)
	s.says(t, "elsewhere", `{}`)
	tells(t, j, "contact-lab.ada", 3, 2)
	tells(t, j, "contact-lab.ada", 5, 1)
	s.says(t, "elsewhere", `{}`) // of a kind that is not ours
	sound(t, s, eventstore.Checked{Events: 9, Streams: 3, Linked: 3})
}

// Once there are chains, all that the journal knows has to carry one.
func TestWhatIsAddedWithoutTheKeyIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	j := eventstore.NewJournal(s.conn, codec).Chained(hash)
	tells(t, j, "contact-lab.ada", 0, 2)
	tells(t, eventstore.NewJournal(s.conn, codec), "contact-lab.eve", 0, 1)
	tells(t, eventstore.NewJournal(s.conn, codec).Chained(func(parts ...[]byte) [16]byte { return keyed("mallory", parts) }), "contact-lab.ada", 2, 1)
	s.says(t, "contact-lab.ada", `{}`)
	tells(t, j, "contact-lab.ada", 4, 1)
	broken, done := check(t, s)
	want := "0@contact-lab.eve carries no hash, though events recorded before it do\n" +
		"2@contact-lab.ada is not what was recorded, or what came before it is not\n" +
		"3@contact-lab.ada carries no hash, though events recorded before it do\n"
	if broken != want || done.Broken != 3 {
		t.Errorf("%+v\n%s", done, broken)
	}
}

// A check sees the journal up to its position, and of the streams that are asked for.
func TestCheckInPart(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	j := eventstore.NewJournal(s.conn, codec).Chained(hash)
	tells(t, j, "contact-lab.ada", 0, 2)
	until := tells(t, j, "contact-den.eve", 0, 2)
	tells(t, j, "contact-lab.ada", 2, 2)
	for _, part := range []struct {
		prefixes []string
		events   int
	}{{nil, 4}, {[]string{"contact-lab."}, 2}, {[]string{"contact-lab.", "contact-den."}, 4}, {[]string{"nowhere"}, 0}} {
		done, err := j.CheckChains(t.Context(), 0, until, func(b eventstore.Broken) { t.Error(b) }, part.prefixes...)
		if err != nil || done.Events != part.events || done.Linked != part.events {
			t.Errorf("%v: %+v, %v", part.prefixes, done, err)
		}
	}
}

// tells records events at the end of a stream of a length.
func tells(t testing.TB, j *eventstore.Journal, s domain.Stream, length, events uint64) domain.Position {
	t.Helper()
	at, err := j.Append(t.Context(), s, length, by, signed(fmt.Sprint(length), events)...)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// check is what a check of all finds broken, where it is not known since when there are
// chains.
func check(t testing.TB, s site) (broken string, done eventstore.Checked) {
	t.Helper()
	return checkSince(t, s, eventstore.NotKnown)
}

// checkSince is what a check of all finds broken, where there are chains after a position.
func checkSince(t testing.TB, s site, chained domain.Position) (broken string, done eventstore.Checked) {
	t.Helper()
	j := eventstore.NewJournal(s.conn, codec).Chained(hash)
	end, err := j.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	done, err = j.CheckChains(t.Context(), chained, end, func(b eventstore.Broken) {
		broken += fmt.Sprintf("%d@%s %s\n", b.Revision, b.Stream, b.Wrong)
	})
	if err != nil {
		t.Fatal(err)
	}
	return broken, done
}

// sound fails unless a check of all finds so much, and nothing broken.
func sound(t testing.TB, s site, want eventstore.Checked) {
	t.Helper()
	broken, got := check(t, s)
	got.Since = want.Since
	if broken != "" || got != want {
		t.Errorf("%+v instead of %+v\n%s", got, want, broken)
	}
}
