package domain

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Line is a name or label as it is kept: without white space around it and in
// normal form C. It is not fit to be kept when it is not readable text, does not
// stand on one line, has nothing that can be seen or more than max letters, or says
// itself in which direction it is written: that makes other text look like something
// else (Unicode Technical Report 36, section 2.5).
func Line(text string, max int) (kept string, fit bool) {
	kept = strings.TrimSpace(text)
	if !utf8.ValidString(kept) || strings.ContainsFunc(kept, misleads) || !strings.ContainsFunc(kept, seen) {
		return "", false
	}
	kept = norm.NFC.String(kept)
	return kept, utf8.RuneCountInString(kept) <= max
}

func misleads(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Bidi_Control) }

func seen(r rune) bool {
	return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) &&
		!unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) && r != '\u2800' // Braille without a dot
}
