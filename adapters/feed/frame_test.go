package feed_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"skein/adapters/feed"
	"skein/domain"
)

func lines() *rapid.Generator[[]feed.Line] {
	return rapid.SliceOf(rapid.Custom(func(t *rapid.T) feed.Line {
		return feed.Line{
			Stream:   domain.Stream(rapid.String().Draw(t, "stream")),
			Kind:     rapid.String().Draw(t, "kind"),
			Data:     rapid.SliceOf(rapid.Byte()).Draw(t, "data"),
			Metadata: rapid.SliceOf(rapid.Byte()).Draw(t, "metadata"),
			Revision: rapid.Uint64().Draw(t, "revision"),
			Position: domain.Position(rapid.Uint64().Draw(t, "position")),
			At:       time.Unix(0, rapid.Int64().Draw(t, "at")).UTC(),
		}
	}))
}

// What is marshalled is read back as it was.
func TestFrame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want, end := lines().Draw(t, "lines"), domain.Position(rapid.Uint64().Draw(t, "end"))
		f := feed.Marshal(end, want...)
		if got, err := f.End(); got != end || err != nil {
			t.Errorf("ends at %d, %v; want %d", got, err, end)
		}
		var got []feed.Line
		for l, err := range f.Lines() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, l)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	})
}

// Whatever bytes come, reading them ends, and what was read of them is a frame of
// which the same is read.
func FuzzFrame(f *testing.F) {
	f.Add([]byte(nil))
	f.Add([]byte(feed.Marshal(7)))
	f.Add([]byte(feed.Marshal(7, feed.Line{Stream: "contact-lab.ada", Kind: "contact.edited", Data: []byte("{}"), Metadata: []byte("{}"), Position: 7})))
	f.Fuzz(func(t *testing.T, data []byte) {
		end, err := feed.Frame(data).End()
		var read []feed.Line
		for l, broken := range feed.Frame(data).Lines() {
			if err = broken; err != nil {
				break
			}
			read = append(read, l)
		}
		if err != nil {
			return
		}
		var again []feed.Line
		for l, err := range feed.Marshal(end, read...).Lines() {
			if err != nil {
				t.Fatal(err)
			}
			again = append(again, l)
		}
		if diff := cmp.Diff(read, again, cmp.Comparer(bytes.Equal)); diff != "" {
			t.Error(diff)
		}
	})
}
