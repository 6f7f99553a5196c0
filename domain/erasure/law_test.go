package erasure_test

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/erasure"
)

// hide is a hash of a text, or the text if it is one.
func hide(text string) string {
	if strings.HasPrefix(text, "hidden") {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return "hidden" + hex.EncodeToString(sum[:8])
}

// erase erases the contacts that were deleted with one, beside those that were before.
func (j *journal) erase(t *rapid.T, before []contact.ID, deleted contact.ID) []contact.ID {
	members := append(slices.Clone(before), j.family.Within(deleted)...)
	mark := func(s domain.Stream, e domain.Event) {
		if slices.Contains(before, contact.KeyOf(s).ID) {
			t.Fatalf("%s is to be marked, and is closed", s)
		}
		if category, _, _ := strings.Cut(e.Kind(), "."); category != s.Category() {
			t.Fatalf("%s is to be marked with %s", s, e.Kind())
		}
		j.record(s, e)
	}
	for range 2 { // the marks are all recorded, or only some and then the others
		marks := erasure.Marks(members, j.read)
		for _, s := range slices.Sorted(keys(marks)) {
			if _, is := marks[s].(contact.Redacted); is || rapid.Bool().Draw(t, "at once") {
				mark(s, marks[s])
			}
		}
	}
	marks := erasure.Marks(members, j.read)
	for _, s := range slices.Sorted(keys(marks)) {
		mark(s, marks[s])
	}
	if more := erasure.Marks(members, j.read); len(more) > 0 {
		t.Fatalf("there is more to mark: %v", more)
	}
	told := erasure.Redacted(members, j.read, hide)
	j.redact(t, members, told)
	if again := erasure.Redacted(members, j.read, hide); len(again) > 0 {
		t.Fatalf("redacted again it reads otherwise: %v", again)
	}
	if more := erasure.Marks(members, j.read); len(more) > 0 {
		t.Fatalf("there is more to mark afterwards: %v", more)
	}
	for i, n := range j.said {
		if slices.Contains(members, n.owner) {
			j.said[i].Ref = "" // by which nobody knows it any more
		}
	}
	return members
}

// redact lets streams be read as they are told, those of others first, and breaks off once
// in between.
func (j *journal) redact(t *rapid.T, members []contact.ID, told map[domain.Stream][]domain.Recorded) {
	streams := slices.SortedFunc(keys(told), func(a, b domain.Stream) int {
		mine := func(s domain.Stream) int {
			if slices.Contains(members, contact.KeyOf(s).ID) {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(mine(a), mine(b)), cmp.Compare(a, b))
	})
	most := rapid.IntRange(0, len(streams)).Draw(t, "broken off after")
	for i, s := range streams {
		if i == most {
			if more := erasure.Marks(members, j.read); len(more) > 0 {
				t.Fatalf("there is more to mark in between: %v", more)
			}
			again := erasure.Redacted(members, j.read, hide)
			if diff := gocmp.Diff(written(told, streams[i:]), written(again, streams[i:])); diff != "" || len(again) != len(streams)-i {
				t.Fatalf("once %v are redacted, the others of %v read otherwise: %s", streams[:i], streams, diff)
			}
		}
		if uint64(len(told[s])) != j.length[s] {
			t.Fatalf("of %s there are %d events, not %d", s, len(told[s]), j.length[s])
		}
		for n, r := range j.read {
			if r.Stream == s {
				j.read[n].Event = told[s][r.Revision].Event
			}
		}
	}
}

func keys[V any](m map[domain.Stream]V) func(func(domain.Stream) bool) {
	return func(yield func(domain.Stream) bool) {
		for s := range m {
			if !yield(s) {
				return
			}
		}
	}
}

func written(told map[domain.Stream][]domain.Recorded, of []domain.Stream) (all []string) {
	for _, s := range of {
		for _, r := range told[s] {
			all = append(all, string(s)+" "+text(r.Event))
		}
	}
	return all
}

func text(e domain.Event) string {
	data, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	return e.Kind() + " " + string(data)
}

// Nothing of those who are erased is read any more, everybody is told as before and keeps
// what is theirs, also once the histories have gone on and others are erased too (D1-14).
func TestErasing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		j := begun(t)
		var members []contact.ID
		for range rapid.IntRange(1, 2).Draw(t, "erasures") {
			j.goOn(t, 40)
			deleted := slices.DeleteFunc(slices.Clone(j.ids), func(id contact.ID) bool {
				own := j.family.Own(id)
				return own.Deleted == 0 || own.Merge.Into != "" || slices.Contains(members, id)
			})
			if standing := j.standing(); len(standing) > 0 && (len(deleted) == 0 || rapid.Bool().Draw(t, "one more")) {
				deleted = []contact.ID{rapid.SampledFrom(standing).Draw(t, "deleted")}
				j.delete(deleted[0])
			}
			if len(deleted) == 0 {
				return
			}
			was := slices.Clone(j.read)
			members = j.erase(t, members, rapid.SampledFrom(deleted).Draw(t, "erased"))
			j.told(t)
			j.nothingLeft(t, members)
			j.othersAsBefore(t, members, was)
		}
		j.goOn(t, 10)
		j.told(t)
	})
}
