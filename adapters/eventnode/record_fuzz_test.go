package eventnode

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
)

// adas is an event like any other.
func adas() event {
	return event{
		Position: 7, Stream: "ada", Revision: 3, ID: uuid.MustParse("6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
		Type: "said", JSON: true, Created: ticks(time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)),
		Data: []byte(`{"n":1}`), Metadata: []byte(`{"by":"ada"}`),
	}
}

// Whatever bytes a record has, it is an event that is written so that it is read as the
// same, or none.
func FuzzRecord(f *testing.F) {
	f.Add(adas().appendRecord(nil))
	f.Add(event{}.appendRecord(nil))
	f.Add([]byte{recordFormat})
	f.Fuzz(func(t *testing.T, record []byte) {
		e, err := parseRecord(7, record)
		if err != nil {
			return
		}
		again := e.appendRecord(nil)
		if len(again) != e.recordSize() || len(again) > len(record) {
			t.Fatalf("%d bytes of %d, and not %d", len(again), len(record), e.recordSize())
		}
		same, err := parseRecord(7, again)
		if diff := cmp.Diff(e, same, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Fatal(err, diff)
		}
	})
}

// Whatever an archive says, it is imported as it is, or is refused with the line that
// is wrong. What was imported can be written to.
func FuzzImport(f *testing.F) {
	line, err := json.Marshal(archivedFrom(adas()))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Add(bytes.ReplaceAll(line, []byte(`"ada"`), []byte(`{"base64":"/w=="}`)))
	f.Add([]byte(`{"position":1} []`))
	later := adas()
	later.Position, later.Revision, later.ID = 9, 4, uuid.MustParse("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
	next, err := json.Marshal(archivedFrom(later))
	if err != nil {
		f.Fatal(err)
	}
	cut := []byte(`{"position":3,"stream":"alan","revision":2,"scavenged":true}`)
	f.Add(bytes.Join([][]byte{line, next, cut}, []byte("\n")))
	f.Add(bytes.Join([][]byte{line, line, next, line}, nil))
	for was, would := range map[string]string{
		`"position":7`: `"position":18446744073709551615`,
		`"revision":3`: `"revision":9223372036854775806`,
		`2024-`:        `3024-`,
	} {
		f.Add(bytes.Replace(line, []byte(was), []byte(would), 1))
	}
	f.Add(bytes.Join([][]byte{line, bytes.Replace(cut, []byte("2"), []byte("9223372036854775806"), 1)}, nil))
	f.Fuzz(func(t *testing.T, archive []byte) {
		o, err := Open(Config{Dir: "node", FS: vfs.NewMem(), Log: slog.New(slog.DiscardHandler), CacheSize: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		defer o.Close()
		if _, err := o.Import(t.Context(), bytes.NewReader(archive)); err != nil {
			if !strings.Contains(err.Error(), "of the archive: ") {
				t.Fatal(err)
			}
			return
		}
		var got bytes.Buffer
		if err := o.Export(t.Context(), &got); err != nil {
			t.Fatal(err)
		}
		asked, said := lines(t, archive), lines(t, got.Bytes())
		if !slices.ContainsFunc(asked, func(a archived) bool { return a.Scavenged }) {
			if diff := cmp.Diff(first(asked), said, cmpopts.EquateEmpty()); diff != "" {
				t.Fatal(diff)
			}
		}
		for _, a := range said {
			goesOn(t, o.store, string(a.Stream))
		}
	})
}

// first is what an archive says first of each position, in the precision of the store.
func first(lines []archived) (found []archived) {
	for _, a := range lines {
		if len(found) == 0 || a.Position > found[len(found)-1].Position {
			a.Created = a.Created.Truncate(100 * time.Nanosecond).UTC()
			found = append(found, a)
		}
	}
	return found
}

// lines are the events of an archive.
func lines(t *testing.T, archive []byte) (found []archived) {
	t.Helper()
	for d := json.NewDecoder(bytes.NewReader(archive)); d.More(); {
		var a archived
		if err := d.Decode(&a); err != nil {
			t.Fatal(err)
		}
		found = append(found, a)
	}
	return found
}

// goesOn sees that a stream can be written to where it ends.
func goesOn(t *testing.T, s *store, stream string) {
	t.Helper()
	last, err := s.check()
	if err != nil {
		t.Fatal(err)
	}
	l, err := openLedger(s, last)
	if err != nil {
		t.Fatal(err)
	}
	st, err := l.stream(stream)
	if err != nil {
		t.Fatal(err)
	}
	if st.tombstoned {
		return
	}
	l.begin()
	defer l.batch.Close()
	end := st.last
	if err := l.record(st, time.Now(), adas()); err != nil {
		t.Fatal(err)
	}
	if l.position <= last || l.position > 1<<62 || st.last != end+1 || st.last < 0 || st.last > 1<<62 {
		t.Fatalf("%q, which ends at %d, goes on at %d, and the journal at %d", stream, end, st.last, l.position)
	}
}
