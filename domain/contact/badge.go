package contact

import (
	"hash/fnv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// nobody is how contacts without a name are shown (C2-10).
var nobody = Contact{}.Name()

// Initials are the first letters of the first and the last word of a name that begin
// with one, in capitals and with their accents, or "?" where there is none (C2-9).
func Initials(name string) string {
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

// Colour is a hue for the contact, from 0 to 359 degrees, that is the same wherever and
// whenever it is asked for (C2-9).
func (id ID) Colour() int {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(id)) // never fails
	return int(sum.Sum32() % 360)
}
