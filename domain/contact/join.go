package contact

import (
	"math/big"
	"slices"
	"strings"

	"skein/domain/space"
)

// Chosen is why a value counts that somebody chose in a merge.
const Chosen = "chosen"

// join lets values take over what the merge m leaves it of the absorbed
// contact's. What was said after the merge stays (C2-78).
func join(values, absorbed map[Slot]Value, other ID, m Merge) {
	for slot, choice := range m.Choices {
		s := Slot(slot)
		switch {
		case values[s].At > m.At:
		case choice == Neithers, choice == Absorbeds && absorbed[s].Text == "":
			values[s] = Value{At: m.At, How: Chosen}
		case choice == Absorbeds:
			values[s] = absorbed[s].from(other).by(Chosen)
		case values[s].Text != "":
			values[s] = values[s].by(Chosen)
		}
	}
	for slot, v := range absorbed {
		if _, chosen := m.Choices[string(slot)]; chosen || v.Text == "" || values[slot].At > m.At {
			continue
		}
		if field, is := slot.Field(); values[slot].Text == "" {
			values[slot] = v.from(other)
		} else if is {
			values[slot] = ruled(m, m.rule(field), values[slot], v.from(other))
		}
	}
}

// from is the value as an absorbed contact said it, or one that it had absorbed.
func (v Value) from(absorbed ID) Value {
	v.From = v.By(absorbed)
	if v.Of != nil {
		v.Of = &[2]Value{v.Of[0].from(absorbed), v.Of[1].from(absorbed)}
	}
	return v
}

// by is the value with why it counts.
func (v Value) by(how string) Value {
	v.How = how
	return v
}

// ruled is what a rule makes of the survivor's value and the absorbed contact's (D1-9).
func ruled(m Merge, rule space.Rule, mine, theirs Value) Value {
	takes := false
	switch rule {
	case space.Newest:
		takes = theirs.At > mine.At
	case space.Any:
		takes = theirs.Text == "true" && mine.Text != "true"
	case space.All:
		takes = theirs.Text == "false" && mine.Text != "false"
	case space.Max:
		takes = above(theirs.Text, mine.Text)
	case space.Min:
		takes = above(mine.Text, theirs.Text)
	case space.Sum:
		if sum, ok := added(mine.Text, theirs.Text); ok {
			return Value{Text: sum, At: m.At, How: string(rule), Of: &[2]Value{mine, theirs}}
		}
	case space.Union:
		if all := united(mine.Text, theirs.Text); all != mine.Text {
			return Value{Text: all, At: m.At, How: string(rule), Of: &[2]Value{mine, theirs}}
		}
	}
	if takes {
		return theirs.by(string(rule))
	}
	return mine
}

// above reports whether a is more than b: of numbers, or of dates and times, which sort
// as they are written.
func above(a, b string) bool {
	x, y := new(big.Rat), new(big.Rat)
	_, number := x.SetString(a)
	_, both := y.SetString(b)
	if number && both {
		return x.Cmp(y) > 0
	}
	return a > b
}

// added is the exact sum of two numbers, if there is one that a field can have.
func added(a, b string) (string, bool) {
	x, isX := new(big.Rat).SetString(a)
	y, isY := new(big.Rat).SetString(b)
	if !isX || !isY {
		return "", false
	}
	sum, err := space.Number.Canonical(x.Add(x, y).FloatString(20), nil)
	return sum, err == nil
}

// united are the lines of both, those of a first.
func united(a, b string) string {
	lines := strings.Split(a, "\n")
	for _, line := range strings.Split(b, "\n") {
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
