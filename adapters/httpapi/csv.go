package httpapi

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	utf "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"skein/domain"
)

var (
	errNoCSV    = domain.Refuse(domain.Invalid, "csv_unreadable", "This is not a CSV file: it does not begin with a line that names its columns in readable text. Export it as CSV, encoded in UTF-8.")
	errEmptyCSV = domain.Refuse(domain.Invalid, "csv_empty", "The file holds no rows. Send a line that names the columns, and a line for each contact.")
)

// sheet is a CSV file (RFC 4180) that is read row by row. Values are divided by
// commas, semicolons or tabs, whichever its first line has most of, or by what a
// line such as sep=; says before it, as spreadsheets write it. Lines end with LF,
// CRLF or CR. The text is in UTF-8, or in UTF-16 if it begins with a byte order mark.
type sheet struct {
	header []string
	rows   *csv.Reader
	text   *bufio.Reader
	source *bounded
	before int // lines before the header
}

// openSheet reads the header of a CSV file.
func openSheet(r io.Reader) (*sheet, error) {
	s := &sheet{source: &bounded{r: r, left: maxRow}}
	s.text = bufio.NewReaderSize(transform.NewReader(s.source, utf.BOMOverride(transform.Nop)), 1<<16)
	first, comma, err := s.begin()
	switch {
	case err != nil:
		return nil, err
	case len(bytes.TrimSpace(first)) == 0:
		return nil, errEmptyCSV
	case bytes.ContainsFunc(first, binary):
		return nil, errNoCSV
	case !utf8.Valid(first):
		return nil, errNoCSV.Saying("The first line is not UTF-8. Save the file as UTF-8.")
	}
	s.rows = csv.NewReader(s.text)
	s.rows.Comma = comma
	s.rows.FieldsPerRecord = -1
	if s.header, err = s.rows.Read(); err != nil {
		return nil, errNoCSV
	}
	for i, name := range s.header {
		s.header[i] = strings.TrimSpace(name)
	}
	if _, err := s.text.Peek(1); err == io.EOF {
		return nil, errEmptyCSV
	}
	s.rows.ReuseRecord = true
	return s, nil
}

// begin looks at the line that names the columns, and finds out what divides
// lines and values.
func (s *sheet) begin() (first []byte, comma rune, err error) {
	if first, err = firstLine(s.text); err != nil {
		return nil, 0, err
	}
	if next, _ := s.text.Peek(len(first) + 1); bytes.HasSuffix(next, []byte{'\r'}) {
		s.text = bufio.NewReaderSize(carriages{s.text}, 1<<16)
	}
	said, told := strings.CutPrefix(strings.ToLower(strings.Trim(string(first), "\"\r")), "sep=")
	if !told || utf8.RuneCountInString(said) != 1 {
		return first, delimiter(first), nil
	}
	s.before = 1
	if _, err = s.text.Discard(len(first) + 1); err != nil {
		return nil, 0, errEmptyCSV
	}
	comma, _ = utf8.DecodeRuneInString(said)
	first, err = firstLine(s.text)
	return first, comma, err
}

// carriages is a text whose lines end with CR, with lines that end with LF.
type carriages struct{ io.Reader }

// Read implements io.Reader.
func (c carriages) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	for i, b := range p[:n] {
		if b == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// firstLine looks at the first line as soon as it is there, however slowly the
// rest comes.
func firstLine(text *bufio.Reader) ([]byte, error) {
	for {
		_, err := text.Peek(text.Buffered() + 1)
		seen, _ := text.Peek(text.Buffered())
		switch line := lineEnd(seen); {
		case line >= 0 && (seen[line] == '\n' || line+1 < len(seen) || err != nil):
			return seen[:line], nil
		case err == io.EOF:
			return seen, nil
		case err == bufio.ErrBufferFull:
			return nil, errNoCSV
		case err != nil:
			return nil, errCutOff
		}
	}
}

// lineEnd is where the first line ends: at the first LF, or at a CR before it that
// is neither in quotes nor a part of CRLF; -1 if it does not.
func lineEnd(text []byte) int {
	quoted := false
	for i, b := range text {
		switch {
		case b == '\n':
			return i
		case b == '"':
			quoted = !quoted
		case b == '\r' && !quoted && (i+1 == len(text) || text[i+1] != '\n'):
			return i
		}
	}
	return -1
}

func binary(r rune) bool { return unicode.IsControl(r) && r != '\t' && r != '\r' }

// delimiter is what a line divides its values by.
func delimiter(line []byte) rune {
	var counts [3]int
	const known = ",;\t"
	quoted := false
	for _, b := range line {
		if b == '"' {
			quoted = !quoted
		}
		if i := strings.IndexByte(known, b); i >= 0 && !quoted {
			counts[i]++
		}
	}
	best := 0
	for i, n := range counts {
		if n > counts[best] {
			best = i
		}
	}
	return rune(known[best])
}
