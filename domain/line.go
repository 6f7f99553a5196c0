package domain

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Line is a name or label as it is kept: without white space around it and in
// normal form C. It is not fit to be kept when it is not readable text, does not
// stand on one line, or has not at least one and at most max letters.
func Line(text string, max int) (kept string, fit bool) {
	if !utf8.ValidString(text) || strings.ContainsFunc(strings.TrimSpace(text), unicode.IsControl) {
		return "", false
	}
	kept = norm.NFC.String(strings.TrimSpace(text))
	n := utf8.RuneCountInString(kept)
	return kept, n >= 1 && n <= max
}
