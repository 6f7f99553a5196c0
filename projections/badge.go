package projections

import (
	"hash/fnv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"skein/domain/contact"
)

// badged is the contact with what stands in for an image of it.
func (c Contact) badged() Contact {
	c.Initials, c.Colour = initials(c.Name), hue(c.ID)
	return c
}

// nobody is how contacts without a name are shown (C2-10).
var nobody = contact.Contact{}.Name()

// initials are the first letters of the first and the last word of a name that begin
// with one, in capitals and with their accents, or "?" where there is none (C2-9).
func initials(name string) string {
	var letters []string
	for _, word := range strings.Fields(norm.NFC.String(name)) {
		if letter := first(word); letter != "" && name != nobody {
			letters = append(letters, letter)
		}
	}
	switch len(letters) {
	case 0:
		return "?"
	case 1:
		return letters[0]
	}
	return letters[0] + letters[len(letters)-1]
}

// first is the first letter of a word, with the marks on it, if it has letters.
func first(word string) string {
	at := strings.IndexFunc(word, unicode.IsLetter)
	if at < 0 {
		return ""
	}
	var letter []rune
	for i, r := range []rune(word[at:]) {
		if i > 0 && (!unicode.IsMark(r) || i > maxMarks) {
			break
		}
		letter = append(letter, unicode.ToTitle(r))
	}
	return string(letter)
}

const maxMarks = 4 // on one letter

// hue is a colour for a contact, in degrees, that is the same wherever and whenever it
// is asked for.
func hue(id contact.ID) int {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(id)) // never fails
	return int(sum.Sum32() % 360)
}
