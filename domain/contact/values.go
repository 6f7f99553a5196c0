package contact

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"skein/domain"
)

// Slot is a place in a contact that holds one value: a field by its key, such as
// "first_name", a tag by its name after "#", such as "#vip", or a channel identity
// after "@", such as "@whatsapp:+4930123456".
type Slot string

// TagSlot is the slot of a tag.
func TagSlot(tag string) Slot { return Slot("#" + tag) }

// Tag is the tag whose slot it is, if it is one.
func (s Slot) Tag() (string, bool) { return strings.CutPrefix(string(s), "#") }

// on is what the slots of a tag and of an identity hold.
const on = "on"

// Value is what a slot holds and where it comes from.
type Value struct {
	Text string          `json:"v,omitempty"`    // empty: cleared, or the tag removed
	At   domain.Position `json:"at"`             // of the event that says so
	From ID              `json:"from,omitempty"` // the absorbed contact that said so; empty: the contact itself
	How  string          `json:"how,omitempty"`  // why it counts: chosen, or by which rule; empty: nobody says otherwise, or it was there first
	Of   *[2]Value       `json:"of,omitempty"`   // what a rule made it of
}

// By is the contact that said so, of a value that the contact c has.
func (v Value) By(c ID) ID { return cmp.Or(v.From, c) }

// Field is the text of a field, empty if it has none.
func (c Contact) Field(key string) string { return c.Values[Slot(key)].Text }

// Fields are the fields that have a value.
func (c Contact) Fields() map[string]string {
	fields := map[string]string{}
	for slot, v := range c.Values {
		if key, is := slot.Field(); is && v.Text != "" {
			fields[key] = v.Text
		}
	}
	return fields
}

// slots are the slots of the contact in alphabetical order.
func (c Contact) slots() []Slot { return slices.Sorted(maps.Keys(c.Values)) }

// Tags are the contact's tags in alphabetical order.
func (c Contact) Tags() []string {
	tags := []string{}
	for slot, v := range c.Values {
		if tag, ok := slot.Tag(); ok && v.Text != "" {
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	return tags
}

// Name is the name the contact is shown by: first and last name, or else its
// phone number, or else its email address, or else "unknown" (C2-10).
func (c Contact) Name() string {
	name := strings.TrimSpace(c.Field("first_name") + " " + c.Field("last_name"))
	return cmp.Or(name, c.Field("phone"), c.Field("email"), "unknown")
}

// with is values after the texts were said by the contact itself.
func with(values map[Slot]Value, said map[Slot]string, at domain.Position) map[Slot]Value {
	after := make(map[Slot]Value, len(values)+len(said))
	maps.Copy(after, values)
	for slot, text := range said {
		after[slot] = Value{Text: text, At: at}
	}
	return after
}
