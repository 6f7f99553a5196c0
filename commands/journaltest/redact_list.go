package journaltest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"skein/domain"
)

// list is what is recorded in a space, in the order of the journal.
type list struct {
	in    string
	all   []domain.Recorded
	ended domain.Stream
	times int // that it was redacted
}

// fill records something in streams of a space by turns.
func fill(t *testing.T, j Ground, in string) *list {
	t.Helper()
	l := &list{in: in}
	ada, eve := domain.StreamOf("contact", in, "ada"), domain.StreamOf("contact", in, "eve")
	lord := domain.StreamOf("conversation", in, "lord")
	add(t, j, ada, 0, names("Ada"), names("Augusta"))
	add(t, j, eve, 0, names("Eve"))
	add(t, j, ada, 2, names("Countess"))
	add(t, j, domain.StreamOf("contact", "not"+in, "kit"), 0, names("Kit"))
	add(t, j, lord, 0, names("Lord"))
	add(t, j, ada, 3, names("Lovelace"), names("Ada again"))
	add(t, j, eve, 1, names("Eva"))
	for _, s := range []domain.Stream{ada, eve, lord} {
		l.all = append(l.all, read(t, j, s, 0)...)
	}
	slices.SortFunc(l.all, func(a, b domain.Recorded) int { return cmp.Compare(a.Position, b.Position) })
	return l
}

func (l *list) of(s domain.Stream) (history []domain.Recorded) {
	for _, r := range l.all {
		if r.Stream == s {
			history = append(history, r)
		}
	}
	return history
}

// told takes over how a stream is told.
func (l *list) told(s domain.Stream, told []domain.Recorded) {
	for i, r := range l.all {
		if r.Stream == s && r.Revision < uint64(len(told)) {
			l.all[i].Event = told[r.Revision].Event
		}
	}
}

// redact redacts the first events of a stream, twice.
func (l *list) redact(t *testing.T, j Ground, s domain.Stream, events uint64, closed bool) {
	t.Helper()
	history := l.of(s)
	if closed {
		events = uint64(len(history))
	}
	l.times++
	told := scrubbed(history[:events])
	told[0].Event = names(fmt.Sprint("redacted for time ", l.times))
	for range 2 {
		if err := j.Redact(t.Context(), s, told, closed); err != nil {
			t.Fatal(err)
		}
	}
	l.told(s, told)
}

func (l *list) prefixes() []string {
	return []string{"contact-" + l.in + ".", "conversation-" + l.in + "."}
}

func (l *list) last() domain.Position { return l.all[len(l.all)-1].Position }

// reads sees that a journal reads as the list, wherever one begins.
func (l *list) reads(t *testing.T, j Ground) {
	t.Helper()
	streams := map[domain.Stream]bool{}
	for _, r := range l.all {
		streams[r.Stream] = true
	}
	for s := range streams {
		history := l.of(s)
		for from := range len(history) + 2 {
			same(t, fmt.Sprint(s, " from ", from), history[min(from, len(history)):], read(t, j, s, uint64(from)))
		}
	}
	same(t, "within", l.all, l.within(t, j))
	for after := range len(l.all) {
		position := domain.Position(0)
		if after > 0 {
			position = l.all[after-1].Position
		}
		rest := l.all[after:]
		same(t, fmt.Sprint("news after ", position), rest, l.news(t, j, position))
		var begin, begun []domain.Recorded
		for _, r := range rest {
			if r.Revision == 0 {
				begin = append(begin, r)
			}
		}
		for r, err := range j.Begun(t.Context(), position, l.prefixes()...) {
			if err != nil {
				t.Fatal(err)
			}
			if r.Stream != l.ended {
				begun = append(begun, r)
			}
		}
		same(t, fmt.Sprint("begun after ", position), begin, begun)
	}
}

func (l *list) within(t *testing.T, j Ground) (found []domain.Recorded) {
	t.Helper()
	for r, err := range j.Within(t.Context(), l.last(), l.prefixes()...) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Stream != l.ended {
			found = append(found, r)
		}
	}
	return found
}

// news is what a follower is told after a position up to the end of the list.
func (l *list) news(t *testing.T, j Ground, after domain.Position) (found []domain.Recorded) {
	t.Helper()
	for r, err := range j.Follow(t.Context(), after, l.prefixes()...) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Stream != "" && r.Stream != l.ended {
			found = append(found, r)
		}
		if r.Position >= l.last() {
			break
		}
	}
	return found
}

func same(t *testing.T, what string, want, got []domain.Recorded) {
	t.Helper()
	if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s: %s", what, diff)
	}
}
