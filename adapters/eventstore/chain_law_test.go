package eventstore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"pgregory.net/rapid"

	"skein/domain"
)

var anyLink = rapid.Custom(func(t *rapid.T) (l link) {
	copy(l[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "link"))
	return l
})

// Whatever metadata say, also of links, theirs is put in and taken off byte by byte, and
// a copy that dates them changes nothing of what is hashed.
func TestALinkIsTakenOffAsItWasPutIn(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{`","chain":"AAAAAAAAAAAAAAAAAAAAAA"}`, `{"$created":"2026-01-31T15:04:05Z",`, ""}))
	rapid.Check(t, func(t *rapid.T) {
		says := domain.Metadata{By: domain.By{Actor: domain.Actor(text.Draw(t, "by")), Request: text.Draw(t, "request"), Key: text.Draw(t, "key")}}
		plain, err := json.Marshal(says.By)
		if rapid.Bool().Draw(t, "restored") {
			says.Created.Time = time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "at"), 7).UTC()
			plain, err = json.Marshal(says)
		}
		if err != nil {
			t.Fatal(err)
		}
		untold := plain
		if rapid.Bool().Draw(t, "timed") {
			at := time.UnixMicro(rapid.Int64Range(-62_135_596_800_000_000, 253_402_300_799_999_999).Draw(t, "time"))
			plain = timed(plain, at)
			if rest, said, is := untimed(plain[:len(plain)-1]); !is || !said.Equal(at) || string(rest)+"}" != string(untold) {
				t.Fatalf("%s became %s: %s at %s", untold, plain, rest, said)
			}
		} else if rest, _, is := untimed(plain[:len(plain)-1]); is {
			t.Fatalf("%s says when, beside %s", plain, rest)
		}
		l := anyLink.Draw(t, "link")
		carried := linked(plain, l)
		rest, got, is := unlinked(carried)
		if !is || got != l || string(rest)+"}" != string(plain) {
			t.Fatalf("%s became %s and %s", plain, carried, rest)
		}
		if same, _, is := unlinked(plain); is || !bytes.Equal(same, rest) {
			t.Fatalf("%s says %s", plain, same)
		}
		var read domain.Metadata
		if err := json.Unmarshal(carried, &read); err != nil || read.By != says.By && !hasInvalid(says.By) || !read.Created.Equal(says.Created.Time) {
			t.Fatalf("%s reads %+v, %v", carried, read, err)
		}
		dated, _ := createdIn(carried, time.Unix(1_800_000_000, 7))
		if again, l2, is := unlinked(dated); !is || l2 != l || !bytes.Equal(undated(again), undated(rest)) {
			t.Fatalf("%s became %s", carried, dated)
		}
	})
}

// hasInvalid reports whether JSON cannot say it as it is.
func hasInvalid(by domain.By) bool {
	text := fmt.Sprint(by)
	return !bytes.Equal([]byte(text), bytes.ToValidUTF8([]byte(text), nil))
}

// One byte that is another is told from what was there, wherever in metadata it is, but
// for the time that a copy gives.
func TestEachByteOfMetadataCounts(t *testing.T) {
	t.Parallel()
	for _, plain := range []string{`{"by":"ada"}`, `{"by":"ada","$created":"2020-01-06T09:00:00Z"}`} {
		was := linked([]byte(plain), link{1, 2, 3})
		says, l, _ := unlinked(was)
		for i := range was {
			for mask := 1; mask < 256; mask++ {
				changed := bytes.Clone(was)
				changed[i] ^= byte(mask)
				if other, l2, is := unlinked(changed); is && l2 == l && bytes.Equal(undated(other), undated(says)) {
					t.Errorf("%s is the same as %s", changed, was)
				}
			}
		}
	}
}

// What is remembered of the ends of streams is true, the last that was known, and bounded.
func TestEndsAreRemembered(t *testing.T) {
	t.Parallel()
	var m ends
	stream := func(n int) string { return fmt.Sprint("contact-lab.", n) }
	const many = 3 * remembersEnds
	for n := range many {
		m.remember(stream(n), end{2, link{byte(n), byte(n >> 8)}})
		m.remember(stream(n), end{1, link{}}) // told late
	}
	if size := len(m.young) + len(m.old); size > 2*remembersEnds {
		t.Errorf("%d are remembered", size)
	}
	for n := range many {
		l, is := m.recall(stream(n), 2)
		if is != (n >= many-2*remembersEnds) || is && l != (link{byte(n), byte(n >> 8)}) {
			t.Fatalf("of stream %d is known %v, %v", n, l, is)
		}
		if _, is := m.recall(stream(n), 1); is {
			t.Fatalf("stream %d has two lengths", n)
		}
	}
	if _, is := m.recall("contact-lab.nobody", 0); is {
		t.Error("the end of an empty stream is known")
	}
}

// Who asked is read once for all events of a request, though each of them has its own
// link, and each append its own time; and anew where it is somebody else.
func TestMetadataAreReadOnce(t *testing.T) {
	t.Parallel()
	d := decoder{}
	read := func(by string, n byte) (string, []byte) {
		metadata := linked(timed(fmt.Appendf(nil, `{"by":%q}`, by), time.Unix(int64(n), 0)), link{n})
		says, err := d.read(&esdb.RecordedEvent{UserMetadata: metadata})
		if err != nil {
			t.Fatal(err)
		}
		return string(says.Actor), d.meta
	}
	_, first := read("ada", 1)
	for n, by := range []string{"ada", "ada", "eve"} {
		says, kept := read(by, byte(n+2))
		if again := &kept[0] != &first[0]; says != by || again != (by == "eve") {
			t.Errorf("%s reads as %s, anew: %v", by, says, again)
		}
	}
}
