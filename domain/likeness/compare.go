package likeness

import (
	"strings"
	"unicode/utf8"
)

// names weighs first and last name, also as if one of the two had swapped them, and
// reports whether that is likelier.
func (e *evidence) names(a, b Person) (swapped bool) {
	first, last := name(a.First, b.First), name(a.Last, b.Last)
	crossed := agree(name(a.First, b.Last)) && agree(name(a.Last, b.First))
	if crossed && !(agree(first) && agree(last)) {
		e.weigh(FirstName, Swapped)
		e.weigh(LastName, Swapped)
		return true
	}
	e.weigh(FirstName, first)
	e.weigh(LastName, last)
	return false
}

func agree(how How) bool { return how == Same || how == Alike }

// name compares two names. One that has the other in it as a word is like it, and so is
// one that is told by its first letter only.
func name(a, b string) How {
	switch {
	case a == "" || b == "":
		return Unknown
	case a == b:
		return Same
	case similar(a, b), initial(a, b), initial(b, a), wordOf(a, b), wordOf(b, a):
		return Alike
	}
	return Different
}

func initial(letter, name string) bool {
	_, n := utf8.DecodeRuneInString(letter)
	return n == len(letter) && strings.HasPrefix(name, letter)
}

func wordOf(word, name string) bool {
	return len(word) > 2 && strings.Contains(" "+name+" ", " "+word+" ")
}

// born compares two dates of birth: with a slip in them, or with day and month swapped,
// they are alike.
func born(a, b string) How {
	switch {
	case a == "" || b == "":
		return Unknown
	case a == b:
		return Same
	case oneSlip(a, b), a[:4] == b[:4] && a[4:6] == b[6:] && a[6:] == b[4:6]:
		return Alike
	}
	return Different
}

// street compares two streets and the numbers of the houses there.
func street(a, b Person) How {
	how := name(a.Street, b.Street)
	if agree(how) {
		if how = Alike; a.House != "" && a.House == b.House {
			how = Same
		}
	}
	return how
}

// place compares two towns by their names and postcodes.
func place(a, b Person) How {
	town, code := name(a.Town, b.Town), code(a.Postcode, b.Postcode)
	switch {
	case town == Unknown:
		return code
	case code == Unknown:
		return town
	case agree(town) && code == Same, town == Same && code == Alike:
		return Same
	case agree(town), code == Same:
		return Alike
	}
	return Different
}

func code(a, b string) How {
	switch {
	case a == "" || b == "":
		return Unknown
	case a == b:
		return Same
	case oneSlip(a, b):
		return Alike
	}
	return Different
}

// anyOf compares values that people have several of.
func anyOf(as, bs []string, alike func(a, b string) bool) How {
	if len(as) == 0 || len(bs) == 0 {
		return Unknown
	}
	how := Different
	for _, a := range as {
		for _, b := range bs {
			if a == b {
				return Same
			}
			if alike(a, b) {
				how = Alike
			}
		}
	}
	return how
}

func never(string, string) bool { return false }

// line is a phone number without what stands for the country.
func line(number string) string { return number[max(len(number)-9, 0):] }

func sameLine(a, b string) bool { return len(line(a)) == 9 && line(a) == line(b) }

// sameMailbox reports whether two email addresses have a long name before the @ in
// common, or a slip between them.
func sameMailbox(a, b string) bool {
	return oneSlip(a, b) || len(mailbox(a)) >= longName && mailbox(a) == mailbox(b)
}

// longName is from how many characters on the name before an @ says something.
const longName = 6

// mailbox is the name before the @ without what providers do not look at.
func mailbox(address string) string {
	name, _, _ := strings.Cut(address, "@")
	name, _, _ = strings.Cut(name, "+")
	return strings.ReplaceAll(name, ".", "")
}

// oneSlip reports whether one slip of the pen is between two texts of at least four
// letters: one letter more, less or other, or two neighbours swapped.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 4 || len(b)-len(a) > utf8.UTFMax {
		return false
	}
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	for len(x) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	swapped := len(x) == 2 && len(y) == 2 && x[0] == y[1] && x[1] == y[0]
	return len(x) <= 1 && len(y) <= 1 || swapped
}

// alikeFrom is the Jaro-Winkler similarity from which on two names are alike: the one
// that Winkler's studies of census names use for a partial agreement.
const alikeFrom = .88

func similar(a, b string) bool {
	if a > b {
		a, b = b, a // which letters are the same ones depends on whose are looked for
	}
	return oneSlip(a, b) || jaroWinkler([]rune(a), []rune(b)) >= alikeFrom
}

// jaroWinkler is how similar two names are, from 0 to 1: by the letters they share at
// about the same place, in which order, and by how they begin (Winkler, "String
// Comparator Metrics", 1990).
func jaroWinkler(a, b []rune) float64 {
	reach := max(max(len(a), len(b))/2-1, 0)
	var used [128]bool // what is compared is shorter
	if len(b) > len(used) {
		return 0
	}
	var there []rune // those of a that b has
	for i, r := range a {
		for j := max(i-reach, 0); j < min(i+reach+1, len(b)); j++ {
			if !used[j] && b[j] == r {
				used[j], there = true, append(there, r)
				break
			}
		}
	}
	if len(there) == 0 {
		return 0
	}
	moved, k := 0, 0
	for j, r := range b {
		if used[j] {
			if there[k] != r {
				moved++
			}
			k++
		}
	}
	m := float64(len(there))
	jaro := (m/float64(len(a)) + m/float64(len(b)) + (m-float64(moved/2))/m) / 3
	prefix := 0
	for prefix < min(4, len(a), len(b)) && a[prefix] == b[prefix] {
		prefix++
	}
	return jaro + float64(prefix)*.1*(1-jaro)
}
