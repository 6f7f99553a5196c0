package projections

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"skein/domain"
	"skein/domain/contact"
)

// What somebody is found by is bounded: a contact that consists of very many is found by
// its own values and those of the first of them.
const (
	foundByLine = 8 << 10  // bytes of one value
	foundByAll  = 64 << 10 // bytes of all
)

// found gathers what a contact is found by, folded, one a line, each once.
type found struct {
	lines []string
	known map[string]bool
	room  int // bytes
}

// foundBy is what a contact is found by: its name and values, and then the names and
// values of all that it consists of, also those that others came before in a merge
// (C2-20 to C2-26, C2-71, D1-19).
func foundBy(f *contact.Family, id contact.ID) string {
	all := found{known: map[string]bool{}, room: foundByAll}
	if len(f.Absorbed(id)) == 0 {
		told := f.Own(id)
		all.add(told.Name())
		all.values(told)
		return strings.Join(all.lines, "\n")
	}
	type part struct{ own, told contact.Contact }
	var parts []part
	told := f.ToldWith(id, func(one contact.ID, told contact.Contact) {
		parts = append(parts, part{f.Own(one), told})
	})
	all.add(told.Name())
	all.values(told)
	for _, p := range parts {
		all.name(p.told)
		all.name(p.own)
		all.values(p.own)
	}
	return strings.Join(all.lines, "\n")
}

// name adds the name of a contact that has one.
func (f *found) name(c contact.Contact) {
	if strings.TrimSpace(c.Field("first_name")+c.Field("last_name")) != "" {
		f.add(c.Name())
	}
}

// values adds the values of a contact. An identity comes with its channel.
func (f *found) values(c contact.Contact) {
	for _, slot := range slices.Sorted(maps.Keys(c.Values)) {
		v := c.Values[slot]
		tag, isTag := slot.Tag()
		identity, isIdentity := slot.Identity()
		switch {
		case v.Text == "":
		case isTag:
			f.add(tag)
		case isIdentity:
			f.add(identity.Channel)
			f.add(identity.Of)
		default:
			f.add(v.Text)
		}
	}
}

// add adds a text, and if it is a number with something between its digits also those.
func (f *found) add(text string) {
	folded := domain.Fold(text)
	f.line(folded)
	if digits := domain.Digits(folded); len(digits) >= 5 && !strings.Contains(folded, digits) {
		f.line(digits)
	}
}

func (f *found) line(line string) {
	if len(line) > foundByLine {
		line = strings.ToValidUTF8(line[:foundByLine], "")
	}
	if line == "" || f.known[line] || len(line) >= f.room {
		return
	}
	f.known[line] = true
	f.lines = append(f.lines, line)
	f.room -= len(line) + 1
}

var errSearch = domain.Refuse(domain.Invalid, "search_empty", "There is nothing to search for. Give at least one letter, digit or sign, or leave search out.")

// sought says in SQL that contacts are found by a text. It is looked for as it stands,
// and digits also as those of a number, which people may write without its country.
func sought(text string, args *[]any) (string, error) {
	if text == "" {
		return "true", nil
	}
	folded := domain.Fold(text)
	if folded == "" {
		return "", errSearch.Where("/search")
	}
	*args = append(*args, folded)
	said := fmt.Sprintf("strpos(found_by, $%d::text) > 0", len(*args))
	if digits := strings.TrimLeft(domain.Digits(folded), "0"); len(digits) >= 3 && digits != folded {
		*args = append(*args, digits)
		said = fmt.Sprintf("(%s OR strpos(found_by, $%d::text) > 0)", said, len(*args))
	}
	return said, nil
}
