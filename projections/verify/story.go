package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"skein/domain/contact"
)

// stories compares what each contact's own history says.
func (c *check) stories(ctx context.Context, p part, all telling) error {
	const table = "contact_stories"
	found := map[contact.Key]bool{}
	var key contact.Key
	var into *contact.ID
	var story []byte
	err := c.each(ctx, p, table, "id", "into_id, story::text", &key, []any{&into, &story}, func() {
		defer func() { into = nil }()
		t := all[key.Space]
		if t == nil || t.seen[key.ID] == 0 {
			c.differs(of(table, key, "", extra))
			return
		}
		found[key] = true
		own := t.family(key.ID).Own(key.ID)
		if want := own.Merge.Into; into == nil && want != "" || into != nil && (*into != want || want == "") {
			c.differs(of(table, key, "into_id", another))
		}
		c.sameStory(key, story, own)
	})
	if err != nil {
		return err
	}
	for in, t := range all {
		c.done.Contacts += len(t.seen)
		for id := range t.seen {
			if key := (contact.Key{Space: in, ID: id}); !found[key] {
				c.differs(of(table, key, "", missing))
			}
		}
	}
	return nil
}

// sameStory compares what is kept of a contact with what it is told to be.
func (c *check) sameStory(key contact.Key, got []byte, want contact.Contact) {
	var is contact.Contact
	err := strictly(got, &is)
	wanted, kept := written(want), written(is)
	if err == nil && bytes.Equal(wanted, kept) {
		return
	}
	told := 0
	for _, field := range unlike(got, wanted) {
		c.differs(of("contact_stories", key, "story."+field, another))
		told++
	}
	if told == 0 {
		c.differs(of("contact_stories", key, "story", another))
	}
}

// strictly decodes JSON that has nothing else in it.
func strictly[T any](text []byte, into *T) error {
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	return strict.Decode(into)
}

func written(c contact.Contact) []byte {
	text, err := json.Marshal(c)
	if err != nil {
		panic("verify: " + err.Error()) // whatever a contact is told to be has a JSON form
	}
	return text
}

// unlike are the members in which two JSON objects are unlike. Of values it names those
// whose name is no value itself, as the names of tags and identities are.
func unlike(a, b []byte) (fields []string) {
	var one, other map[string]any
	if json.Unmarshal(a, &one) != nil || json.Unmarshal(b, &other) != nil {
		return nil
	}
	for _, field := range differing(one, other) {
		if field != "values" {
			fields = append(fields, field)
			continue
		}
		values, _ := one["values"].(map[string]any)
		others, _ := other["values"].(map[string]any)
		for _, slot := range differing(values, others) {
			name := "identities"
			if _, tag := contact.Slot(slot).Tag(); tag {
				name = "tags"
			} else if key, is := contact.Slot(slot).Field(); is {
				name = key
			}
			fields = append(fields, "values."+name)
		}
	}
	return slices.Compact(fields)
}

// differing are the keys whose values are not the same in both.
func differing(a, b map[string]any) (keys []string) {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, b)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		one, _ := json.Marshal(a[key])
		other, _ := json.Marshal(b[key])
		if !bytes.Equal(one, other) {
			keys = append(keys, key)
		}
	}
	return keys
}
