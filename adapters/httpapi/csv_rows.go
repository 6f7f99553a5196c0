package httpapi

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"unicode/utf8"

	"skein/domain"
)

// row is a line of values, or why it cannot be read.
type row struct {
	line   int // in the file, from 1
	values []string
	err    *domain.Refusal
}

// maxRow bounds what one row of a file can take up, and so what a quote that is
// never closed can swallow.
const maxRow = 1 << 20

var (
	errRow     = domain.Refuse(domain.Invalid, "row_unreadable", "The row cannot be read.")
	errRagged  = domain.Refuse(domain.Invalid, "row_ragged", "The row does not have a value for each column.")
	errCutRows = domain.Refuse(domain.Invalid, "csv_cut_off", "The file could not be read to its end.")
)

// each yields the rows behind the header; their values hold until the next one.
// The error is why the file could not be read to its end; the file is read once.
func (s *sheet) each(failed *error) iter.Seq[row] {
	return func(yield func(row) bool) {
		for {
			s.source.left = maxRow
			values, err := s.rows.Read()
			var wrong *csv.ParseError
			one := row{values: values}
			switch {
			case err == io.EOF:
				return
			case errors.As(err, &wrong):
				wrong.StartLine, wrong.Line = wrong.StartLine+s.before, wrong.Line+s.before
				one.line, one.err = wrong.StartLine, unreadable(wrong)
			case err != nil:
				*failed = errCutRows
				if errors.Is(err, errLongRow) && len(values) > 0 {
					line, _ := s.rows.FieldPos(0)
					*failed = errCutRows.Saying(fmt.Sprintf("The row that begins in line %d is larger than 1 MiB. Most likely a quote is opened there and never closed; nothing from there on was read.", line+s.before))
				}
				return
			default:
				line, _ := s.rows.FieldPos(0)
				one.line = line + s.before
				switch {
				case slices.ContainsFunc(values, notUTF8):
					one.err = errRow.Saying("The row is not UTF-8. Save the file as UTF-8.")
				case len(values) != len(s.header):
					one.err = errRagged.Saying(fmt.Sprintf("The row has %d values, but there are %d columns. Quote values that hold the delimiter.", len(values), len(s.header)))
				}
			}
			if !yield(one) {
				return
			}
		}
	}
}

func notUTF8(value string) bool { return !utf8.ValidString(value) }

func unreadable(e *csv.ParseError) *domain.Refusal {
	if e.Line > e.StartLine {
		return errRow.Saying(fmt.Sprintf("A quote is opened here that is not closed properly before line %d, so none of these lines was read. Double the quotes inside a value.", e.Line))
	}
	return errRow.Saying(fmt.Sprintf("There is a quote too many or too few at character %d. Put values that hold quotes into quotes, and double those inside.", e.Column))
}

// bounded is a reader of which one row can take only so much.
type bounded struct {
	r    io.Reader
	left int
}

var errLongRow = errors.New("row larger than 1 MiB")

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLongRow
	}
	n, err := b.r.Read(p)
	b.left -= n
	return n, err
}
