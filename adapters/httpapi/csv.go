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
// commas, semicolons or tabs, whichever its first line has most of, and encoded
// in UTF-8, or in UTF-16 if it begins with a byte order mark.
type sheet struct {
	header []string
	rows   *csv.Reader
	text   *bufio.Reader
	source *bounded
}

// openSheet reads the header of a CSV file.
func openSheet(r io.Reader) (*sheet, error) {
	s := &sheet{source: &bounded{r: r, left: maxRow}}
	s.text = bufio.NewReaderSize(transform.NewReader(s.source, utf.BOMOverride(transform.Nop)), 1<<16)
	first, err := firstLine(s.text)
	switch {
	case err != nil:
		return nil, err
	case len(bytes.TrimSpace(first)) == 0:
		return nil, errEmptyCSV
	case !utf8.Valid(first) || bytes.ContainsFunc(first, binary):
		return nil, errNoCSV
	}
	s.rows = csv.NewReader(s.text)
	s.rows.Comma = delimiter(first)
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

// firstLine looks at the first line as soon as it is there, however slowly the
// rest comes.
func firstLine(text *bufio.Reader) ([]byte, error) {
	for {
		_, err := text.Peek(text.Buffered() + 1)
		seen, _ := text.Peek(text.Buffered())
		switch line := bytes.IndexByte(seen, '\n'); {
		case line >= 0:
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
