package httpapi

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"

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
				one.line, one.err = wrong.StartLine, unreadable(wrong)
			case err != nil:
				if *failed = errCutRows; errors.Is(err, errCutRows) {
					*failed = err
				}
				return
			default:
				one.line, _ = s.rows.FieldPos(0)
				if len(values) != len(s.header) {
					one.err = errRagged.Saying(fmt.Sprintf("The row has %d values, but there are %d columns. Quote values that hold the delimiter.", len(values), len(s.header)))
				}
			}
			if !yield(one) {
				return
			}
		}
	}
}

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

var errLongRow = errCutRows.Saying("A row is larger than 1 MiB. Most likely a quote is opened and never closed; what comes after it was not read.")

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLongRow
	}
	n, err := b.r.Read(p)
	b.left -= n
	return n, err
}
