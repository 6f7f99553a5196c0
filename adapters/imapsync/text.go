package imapsync

import (
	"strings"
	"unicode"
)

// quote makes the words of a server fit for an error message: secrets are
// struck out, before anything is cut off, and 300 letters of print are kept.
func quote(text string, secrets ...string) string {
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "•••")
		}
	}
	return clean(text, 300)
}

// clean keeps the first max letters of what can be printed, with single spaces.
func clean(s string, max int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Join(strings.Fields(s), " ")
	n := 0
	for i := range s {
		if n++; n > max {
			return s[:i]
		}
	}
	return s
}
