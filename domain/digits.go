package domain

import "strings"

// between is what people write between the digits of a number: beside what every keyboard
// has, hyphens, dashes, a slash and a minus.
const between = " +-().,/\u2010\u2012\u2013\u2044\u2212"

// Digits are the digits of folded text that is a number as people write one down, such as
// "+49 (0)30 / 123-456", without the zero that is dialled only within a country; empty, if
// it is anything else.
func Digits(folded string) string {
	var digits []byte
	for _, r := range strings.Replace(folded, "(0)", "", 1) {
		switch {
		case '0' <= r && r <= '9':
			digits = append(digits, byte(r))
		case !strings.ContainsRune(between, r):
			return ""
		}
	}
	return string(digits)
}
