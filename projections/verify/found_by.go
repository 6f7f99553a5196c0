package verify

import (
	"slices"
	"strings"

	"skein/domain"
	"skein/domain/contact"
)

// foundBy is what a contact is to be found by: texts that are folded, one a line, each
// once and at most 8 KiB of it, as many as find room in 64 KiB.
func foundBy(f *contact.Family, id contact.ID) string {
	texts := append([]string{f.Told(id).Name()}, textsOf(f.Told(id))...)
	if len(f.Absorbed(id)) > 0 {
		for _, part := range oldestFirst(f, id) {
			for _, c := range []contact.Contact{f.Told(part), f.Own(part)} {
				if domain.Fold(c.Field("first_name")+c.Field("last_name")) != "" {
					texts = append(texts, c.Name())
				}
			}
			texts = append(texts, textsOf(f.Own(part))...)
		}
	}
	var all string
	there := map[string]bool{"": true}
	for _, text := range texts {
		folded := domain.Fold(text)
		lines := []string{folded}
		if digits := domain.Digits(folded); len(digits) > 4 && !strings.Contains(folded, digits) {
			lines = append(lines, digits)
		}
		for _, line := range lines {
			if len(line) > 8192 {
				line = strings.ToValidUTF8(line[:8192], "")
			}
			if !there[line] && len(all)+len(line) < 65536 {
				there[line], all = true, all+line+"\n"
			}
		}
	}
	return strings.TrimSuffix(all, "\n")
}

// oldestFirst are a contact and its parts: who was absorbed comes before its survivor.
func oldestFirst(f *contact.Family, id contact.ID) (ids []contact.ID) {
	for _, other := range f.Absorbed(id) {
		ids = append(ids, oldestFirst(f, other)...)
	}
	return append(ids, id)
}

// textsOf are what the values of a contact say, in the order of their slots.
func textsOf(c contact.Contact) (texts []string) {
	var slots []string
	for slot, v := range c.Values {
		if v.Text != "" {
			slots = append(slots, string(slot))
		}
	}
	slices.Sort(slots)
	for _, s := range slots {
		slot := contact.Slot(s)
		if i, is := slot.Identity(); is {
			texts = append(texts, i.Channel, i.Of)
		} else if tag, is := slot.Tag(); is {
			texts = append(texts, tag)
		} else {
			texts = append(texts, c.Values[slot].Text)
		}
	}
	return texts
}
