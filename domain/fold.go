package domain

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold is text as it is compared and searched: without case, accents and
// repeated white space, in compatibility form. "Straße" and "STRASSE" fold alike
// (D3-4).
func Fold(text string) string {
	plain := true
	for i := 0; i < len(text); i++ {
		if b := text[i]; b >= 0x80 || 'A' <= b && b <= 'Z' || b < ' ' {
			plain = false
			break
		}
	}
	if !plain {
		text = norm.NFKD.String(strings.ToLower(cases.Fold().String(norm.NFKD.String(text)))) // Cherokee folds to upper case
		text = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) || r == 0 {
				return -1
			}
			return r
		}, text)
	}
	return strings.Join(strings.Fields(text), " ")
}
