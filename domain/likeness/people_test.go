package likeness_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"skein/domain/likeness"
)

// town is people who are made up: many have names of a few others, they live in
// households, and some records of them are made a second time, with slips.
type town struct {
	*rand.Rand
	firsts, lasts, streets []string
}

func newTown(seed uint64) *town {
	t := &town{Rand: rand.New(rand.NewPCG(seed, seed))}
	for range 300 {
		t.firsts = append(t.firsts, t.word(2, 3))
		t.lasts = append(t.lasts, t.word(2, 4))
		t.streets = append(t.streets, t.word(2, 4)+" "+[]string{"street", "road", "avenue"}[t.IntN(3)])
	}
	return t
}

// word is a word of so many syllables.
func (t *town) word(least, most int) string {
	var w strings.Builder
	for range least + t.IntN(most-least+1) {
		w.WriteByte("bcdfghklmnprstvw"[t.IntN(16)])
		w.WriteByte("aeiou"[t.IntN(5)])
		if t.IntN(3) == 0 {
			w.WriteByte("lnrst"[t.IntN(5)])
		}
	}
	return w.String()
}

// some is one of the words, the first ones much more often than the last.
func (t *town) some(words []string) string {
	return words[int(float64(len(words))*t.Float64()*t.Float64())]
}

// people are records of so many households, and of every third person a second one.
func (t *town) people(households int) (records []record) {
	of := 0
	for range households {
		last, street, house := t.some(t.lasts), t.some(t.streets), fmt.Sprint(1+t.IntN(200))
		code := fmt.Sprint(2000 + t.IntN(400))
		place, phone := "t"+code, fmt.Sprintf("4930%07d", t.IntN(1e7))
		for member := range 1 + t.IntN(3) {
			p := likeness.Person{
				First: t.some(t.firsts), Last: last, Street: street, House: house, Town: place, Postcode: code,
				Born: fmt.Sprintf("%d%02d%02d", 1930+t.IntN(70), 1+t.IntN(12), 1+t.IntN(28)),
			}
			if t.IntN(2) == 0 {
				p.Emails = []string{fmt.Sprintf("%s.%s%d@example.org", p.First, p.Last, t.IntN(100))}
			}
			if t.IntN(2) == 0 {
				p.Phones = []string{fmt.Sprintf("49170%07d", t.IntN(1e7))}
			} else if member == 0 {
				p.Phones = []string{phone}
			}
			records = append(records, record{p, of})
			if t.IntN(3) == 0 {
				records = append(records, record{t.another(p), of})
			}
			of++
		}
	}
	t.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	return records
}

// another is a second record of somebody: with slips, with something left out, and now
// and then from before they moved or with another number.
func (t *town) another(p likeness.Person) likeness.Person {
	for range 1 + t.IntN(4) {
		switch t.IntN(9) {
		case 0:
			p.First = t.slip(p.First)
		case 1:
			p.Last = t.slip(p.Last)
		case 2:
			p.First, p.Last = p.Last, p.First
		case 3:
			p.Born = []string{"", p.Born[:min(len(p.Born), 7)] + fmt.Sprint(t.IntN(10))}[t.IntN(2)]
		case 4:
			p.Street, p.House = t.some(t.streets), fmt.Sprint(1+t.IntN(200))
		case 5:
			p.Street = t.slip(p.Street)
		case 6:
			p.Emails = nil
		case 7:
			p.Phones = []string{fmt.Sprintf("49170%07d", t.IntN(1e7))}
		case 8:
			p.Postcode = ""
		}
	}
	if len(p.Born) != 8 {
		p.Born = ""
	}
	return p
}

// slip is a word with one letter more, less or other, or two swapped.
func (t *town) slip(word string) string {
	if len(word) < 2 {
		return word
	}
	i := t.IntN(len(word) - 1)
	letter := string("abcdefghijklmnopqrstuvwxyz"[t.IntN(26)])
	switch t.IntN(4) {
	case 0:
		return word[:i] + word[i+1:]
	case 1:
		return word[:i] + letter + word[i:]
	case 2:
		return word[:i] + letter + word[i+1:]
	}
	return word[:i] + word[i+1:i+2] + word[i:i+1] + word[i+2:]
}
