package httpapi

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"skein/domain"
	"skein/domain/space"
)

// sheetText is a file as a test sees it: its header and rows, one a line.
func sheetText(r io.Reader) string {
	s, err := openSheet(r)
	if err != nil {
		return err.(*domain.Refusal).Code
	}
	var failed error
	out := strings.Join(s.header, "|")
	for row := range s.each(&failed) {
		if row.err != nil {
			out += fmt.Sprintf("\n%d %s", row.line, row.err.Code)
			continue
		}
		out += fmt.Sprintf("\n%d %s", row.line, strings.Join(row.values, "|"))
	}
	if failed != nil {
		out += "\n" + failed.(*domain.Refusal).Code
	}
	return out
}

// TestSheet reads what people call CSV (C2-18).
func TestSheet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, want string }{
		{"commas", "a,b\n1,2\n", "a|b\n2 1|2"},
		{"semicolons", "a;b\n1,5;2\n", "a|b\n2 1,5|2"},
		{"tabs", "a\tb\n1\t2\n", "a|b\n2 1|2"},
		{"a delimiter in quotes", "\"a;;;;\",b\n1,2\n", "a;;;;|b\n2 1|2"},
		{"one column", "a\n1\n2\n", "a\n2 1\n3 2"},
		{"byte order mark", "\ufeffa,b\n1,2\n", "a|b\n2 1|2"},
		{"CRLF", "a,b\r\n1,2\r\n", "a|b\n2 1|2"},
		{"no end of the last line", "a,b\n1,2", "a|b\n2 1|2"},
		{"blank lines", "a,b\n\n1,2\n\n\n3,4\n", "a|b\n3 1|2\n6 3|4"},
		{"quotes", "a,b\n\"1,\"\"x\"\"\",2\n", "a|b\n2 1,\"x\"|2"},
		{"lines in quotes", "a,b\n\"1\r\n2\",3\n4,5\n", "a|b\n2 1\n2|3\n4 4|5"},
		{"spaces around names", " a , b\n1,2\n", "a|b\n2 1|2"},
		{"ragged rows", "a,b\n1\n1,2,3\n1,2\n", "a|b\n2 row_ragged\n3 row_ragged\n4 1|2"},
		{"a bare quote", "a,b\n1\"x,2\n3,4\n", "a|b\n2 row_unreadable\n3 3|4"},
		{"a quote too many", "a,b\n\"1\"x,2\n3,4\n", "a|b\n2 row_unreadable\n3 3|4"},
		{"a quote never closed", "a,b\n1,2\n\"3,4\n5,6\n", "a|b\n2 1|2\n3 row_unreadable"},
		{"a row without an end", "a,b\n1,2\n\"" + strings.Repeat("x\n", 2<<20), "a|b\n2 1|2\ncsv_cut_off"},
		{"CR", "a,b\r1,2\r\r3,4", "a|b\n2 1|2\n4 3|4"},
		{"CR and a quote never closed", "a,b\r1,2\r\"3,4\r5,6\r", "a|b\n2 1|2\n3 row_unreadable"},
		{"CR in a quoted name", "\"a\rb\",c\n1,2\n", "a\rb|c\n2 1|2"},
		{"CR only", "\r\r", "csv_empty"},
		{"a line that names the delimiter", "sep=;\r\na,x;b\r\n1;2\r\n3\r\n", "a,x|b\n3 1|2\n4 row_ragged"},
		{"a delimiter in quotes named before", "\"sep=\t\"\na\tb\n1\t2\n\"3\t4\n", "a|b\n3 1|2\n4 row_unreadable"},
		{"nothing but the delimiter", "sep=,\n", "csv_empty"},
		{"a column called like that", "sep=x,b\n1,2\n", "sep=x|b\n2 1|2"},
		{"Latin-1", "a,b\nZo\xeb,1\nAda,2\n", "a|b\n2 row_unreadable\n3 Ada|2"},
		{"nothing", "", "csv_empty"},
		{"white space", " \n \n", "csv_empty"},
		{"a header only", "a,b\n", "csv_empty"},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00", "csv_unreadable"},
		{"a header without an end", strings.Repeat("a", 1<<17), "csv_unreadable"},
		{"a header of bare quotes", "a\"b,c\n1,2\n", "csv_unreadable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, sheetText(strings.NewReader(c.file))); diff != "" {
				t.Error(diff)
			}
			if len(c.file) < 1<<10 {
				if diff := cmp.Diff(c.want, sheetText(iotest.OneByteReader(strings.NewReader(c.file)))); diff != "" {
					t.Errorf("byte by byte: %s", diff)
				}
			}
		})
	}
}

func TestSheetInUTF16(t *testing.T) {
	t.Parallel()
	var little, big strings.Builder
	for _, u := range utf16.Encode([]rune("\ufeffName,ß\nZoë,😀\n")) {
		little.Write([]byte{byte(u), byte(u >> 8)})
		big.Write([]byte{byte(u >> 8), byte(u)})
	}
	for _, file := range []string{little.String(), big.String()} {
		if got := sheetText(strings.NewReader(file)); got != "Name|ß\n2 Zoë|😀" {
			t.Errorf("read %q", got)
		}
	}
}

// TestSheetCutOff tells that a file broke off, and does not take its last piece
// for a row.
func TestSheetCutOff(t *testing.T) {
	t.Parallel()
	file := io.MultiReader(strings.NewReader("a,b\n1,2\n3,4"), iotest.ErrReader(errors.New("connection reset")))
	if got := sheetText(file); got != "a|b\n2 1|2\ncsv_cut_off" {
		t.Errorf("read %q", got)
	}
}

// TestSheetMemory reads a file far larger than what it may take up (C2-18).
func TestSheetMemory(t *testing.T) {
	const rows = 1 << 20
	s, err := openSheet(io.MultiReader(strings.NewReader("a,b\n"), &endless{line: "some value,another value\n", left: rows}))
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var failed error
	n := 0
	for range s.each(&failed) {
		n++
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if n != rows || failed != nil || int64(after.HeapAlloc)-int64(before.HeapAlloc) > 4<<20 {
		t.Errorf("%d rows, %v, %d more bytes", n, failed, int64(after.HeapAlloc)-int64(before.HeapAlloc))
	}
}

// endless is a line again and again.
type endless struct {
	line string
	left int
}

func (e *endless) Read(p []byte) (n int, err error) {
	for e.left > 0 && len(p)-n >= len(e.line) {
		n += copy(p[n:], e.line)
		e.left--
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func TestColumns(t *testing.T) {
	t.Parallel()
	in := space.Space{Fields: []space.Field{{Key: "city", Type: space.Text}}}
	m, err := mappingOf(map[string][]string{"map": {"E-Mail: work:email", "x:phone"}, "ignore": {"note", ""}, "tag": {"new"}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.columns([]string{"E-Mail: work", "city", "note", "", "first_name", "x"}, in)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"email", "city", "", "", "first_name", "phone"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestSheetSays tells people where to look.
func TestSheetSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, want string }{
		{"a row without an end", "sep=,\na,b\n1,2\n3,\"" + strings.Repeat("x\n", 2<<20), "begins in line 4 "},
		{"a header in Latin-1", "Stra\xdfe,b\n1,2\n", "not UTF-8"},
		{"a row in Latin-1", "a,b\nZo\xeb,1\n", "not UTF-8"},
	} {
		s, said := openSheet(strings.NewReader(c.file))
		if said == nil {
			for row := range s.each(&said) {
				if row.err != nil {
					said = row.err
				}
			}
		}
		if said == nil || !strings.Contains(said.Error(), c.want) {
			t.Errorf("%s: %v", c.name, said)
		}
	}
	m, err := mappingOf(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.columns([]string{"email", ""}, space.Space{}); err == nil || !strings.Contains(err.Error(), "Column 2 has no name") {
		t.Errorf("a column without a name: %v", err)
	}
}
