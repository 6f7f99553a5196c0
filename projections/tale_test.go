package projections_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"pgregory.net/rapid"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/space"
)

// long reports whether tests take their long form.
func long() bool { return os.Getenv("SKEIN_LONG") != "" }

// rounds is how many rounds a test makes, in its short form and in its long one.
func rounds(few, many int) int {
	if long() {
		return many
	}
	return few
}

// tale is a house in which things happen to contacts as no command need have asked for
// them, told to nobody yet.
type tale struct {
	*house
	people  []contact.ID
	family  contact.Family
	said    []plainly
	unborn  []contact.Split // whose new contacts are still to come
	origins map[contact.ID]contact.ID
	erased  []contact.ID
	lived   []domain.Recorded // what was recorded, as it read before anybody was erased
}

var (
	identities = []contact.Identity{{Channel: "email", Of: "x@example.org"}, {Channel: "whatsapp", Of: "+4930123456"}, {Channel: "whatsapp", Of: "+4930654321"}}
	choices    = []contact.Choice{contact.Survivors, contact.Absorbeds, contact.Neithers}
)

// begin begins a tale in which there is somebody.
func begin(t *rapid.T, name string) *tale {
	h := &tale{house: build(t, name), origins: map[contact.ID]contact.ID{}}
	for range 3 {
		h.create(t, h.newcomer(), contact.ByHand, "")
	}
	return h
}

func (h *tale) newcomer() contact.ID {
	id := contact.ID(fmt.Sprintf("p%d", len(h.people)))
	h.people = append(h.people, id)
	return id
}

func (h *tale) key(id contact.ID) contact.Key { return contact.Key{Space: h.room.ID, ID: id} }

// happens records events, and goes through them.
func (h *tale) happens(t *rapid.T, s domain.Stream, events ...domain.Event) {
	length := uint64(0)
	for range h.journal.Read(context.Background(), s, 0) {
		length++
	}
	at := len(h.journal.All(0))
	if _, err := h.journal.Append(context.Background(), s, length, by, events...); err != nil {
		t.Fatal(err)
	}
	for _, r := range h.journal.All(domain.Position(at)) {
		h.said = retell(h.said, &h.family, r)
		h.family.Tell(r)
	}
}

func says(t *rapid.T) map[contact.Slot]string {
	says := rapid.MapOfN(rapid.SampledFrom([]contact.Slot{"first_name", "last_name", "country", "#vip", "#new"}),
		rapid.SampledFrom([]string{"", "x", "y", "Zoë"}), 0, 3).Draw(t, "says")
	if rapid.Bool().Draw(t, "points") {
		says["points"] = rapid.SampledFrom([]string{"1", "2.5", "-3"}).Draw(t, "how many")
	}
	if rapid.Bool().Draw(t, "identity") {
		says[rapid.SampledFrom(identities).Draw(t, "which").Slot()] = rapid.SampledFrom([]string{"on", "on", ""}).Draw(t, "linked")
	}
	return says
}

func (h *tale) create(t *rapid.T, id contact.ID, origin contact.Origin, of contact.ID, more ...domain.Event) {
	h.happens(t, h.key(id).Stream(), append([]domain.Event{contact.Created{Origin: origin, Says: says(t), Of: of}}, more...)...)
}

// goOn lets something happen to somebody.
func (h *tale) goOn(t *rapid.T) {
	id := rapid.SampledFrom(h.people).Draw(t, "id")
	c := h.family.Own(id)
	if slices.Contains(h.erased, id) {
		return // nothing can be recorded there any more
	}
	switch step := rapid.IntRange(0, 30).Draw(t, "step"); {
	case step == 0:
		h.create(t, h.newcomer(), contact.ByMail, "")
	case step <= 4:
		if !c.Created.IsZero() { // also of one that is a part of another one
			h.happens(t, h.key(id).Stream(), contact.Edited{Says: says(t)})
		}
	case step <= 14:
		h.talk(t, id)
		if rapid.IntRange(0, 49).Draw(t, "chatters") == 0 { // enough for a COPY
			for range 110 {
				h.talk(t, id)
			}
		}
	case step <= 19:
		if c.Standing() == nil {
			h.merge(t, id)
		}
	case step <= 23:
		if nested := h.nested(); len(nested) > 0 && step > 21 {
			id = rapid.SampledFrom(nested).Draw(t, "nested")
			c = h.family.Own(id)
		}
		if c.Merge.Into != "" || !c.Created.IsZero() && step == 20 {
			h.unmerge(t, id, c)
		}
	case step == 24:
		if !c.Created.IsZero() {
			h.happens(t, h.key(id).Stream(), h.taken(t, id, nil))
		}
	case step <= 26:
		h.split(t, id, c)
	case step <= 28:
		h.deliver(t)
	default:
		if c.Standing() == nil && rapid.Bool().Draw(t, "really") {
			h.happens(t, h.key(id).Stream(), contact.Deleted{})
		}
		if h.family.Own(id).Deleted > 0 && step == 30 {
			h.erase(t, id)
		}
	}
}

// talk lets something be said or done with a contact, also with one that does not stand.
func (h *tale) talk(t *rapid.T, id contact.ID) {
	of := rapid.SampledFrom(append(identities, contact.Identity{})).Draw(t, "by")
	at := time.Date(2026, 1, 1+rapid.IntRange(0, 5).Draw(t, "day"), 0, 0, 0, rapid.SampledFrom([]int{0, 1, 999_999_999}).Draw(t, "nanoseconds"), time.UTC)
	name := conversation.MessageID(fmt.Sprint(len(h.said)))
	text := rapid.SampledFrom([]string{"Tea?", "\x00", `\u0000`, "{}"}).Draw(t, "text")
	channel := "email"
	if of.Channel != "" {
		channel = of.Channel
	}
	events := []domain.Event{
		conversation.MessageReceived{Message: name, Channel: channel, Identity: of.Of, Text: text, At: at},
		conversation.MessageSent{Message: name, Channel: channel, Identity: of.Of, Text: text, At: at},
		conversation.Commented{Comment: name, Text: text, At: at},
		conversation.EventNoted{Event: name, Name: "ordered", Data: map[string]string{"tea": text}, Channel: of.Channel, Identity: of.Of, At: at},
		conversation.Opened{Channel: channel, At: at},
		conversation.Reopened{Channel: channel, At: at},
		conversation.Closed{Channel: channel, Reason: "done", At: at},
	}
	h.happens(t, conversation.Stream(h.key(id)), rapid.SampledFrom(events).Draw(t, "said"))
}

// merge merges a contact into another one, also into one that does not stand any more,
// or on what has moved on: such a merge is void.
func (h *tale) merge(t *rapid.T, id contact.ID) {
	into := rapid.SampledFrom(h.people).Draw(t, "into")
	races := rapid.IntRange(0, 5).Draw(t, "races") == 0
	if into == id || h.family.Own(into).Standing() != nil && !races {
		return
	}
	m := contact.Merged{
		ID: contact.MergeID(fmt.Sprint("m", len(h.journal.All(0)))), Survivor: into,
		Choices: rapid.MapOfN(rapid.SampledFrom([]string{"first_name", "country", "points"}), rapid.SampledFrom(choices), 0, 2).Draw(t, "choices"),
		Rules:   map[string]space.Rule{"points": rapid.SampledFrom([]space.Rule{space.Sum, space.Max, space.Newest}).Draw(t, "rule")},
		Batch:   rapid.SampledFrom([]contact.MergeID{"", "batch"}).Draw(t, "batch"),
	}
	if rapid.Bool().Draw(t, "previewed") {
		m.Seen = map[contact.ID]uint64{}
		for _, one := range slices.Concat(h.family.Within(id), h.family.Within(into)) {
			m.Seen[one] = h.family.Own(one).Length
			if races && m.Seen[one] > 0 {
				m.Seen[one]--
			}
		}
	}
	h.happens(t, h.key(id).Stream(), m)
}

// nested are those that are a part of another contact and have parts themselves.
func (h *tale) nested() (ids []contact.ID) {
	for _, id := range h.people {
		if h.family.Own(id).Merge.Into != "" && len(h.family.Absorbed(id)) > 0 && !slices.Contains(h.erased, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (h *tale) unmerge(t *rapid.T, id contact.ID, c contact.Contact) {
	events := []domain.Event{contact.Unmerged{
		Survivor: c.Merge.Into, Merge: c.Merge.ID, Alone: rapid.Bool().Draw(t, "alone"),
		Talks: rapid.SampledFrom([]contact.Talks{contact.Untouched, contact.Reopen, contact.Close}).Draw(t, "talks"),
	}}
	if rapid.Bool().Draw(t, "takes") {
		events = append(events, h.taken(t, id, nil))
	}
	h.happens(t, h.key(id).Stream(), events...)
}

// taken is what a contact takes over of others, those that identities carried among it,
// with what that leaves them.
func (h *tale) taken(t *rapid.T, id contact.ID, carried []contact.Identity) contact.InteractionsTaken {
	from := rapid.SliceOfNDistinct(rapid.SampledFrom(h.people), 1, 3, rapid.ID[contact.ID]).Draw(t, "from")
	e := contact.InteractionsTaken{
		From:       slices.DeleteFunc(from, func(other contact.ID) bool { return other == id }),
		Identities: carried, Left: map[contact.ID]map[string]contact.Touch{}, Got: map[string]contact.Touch{},
	}
	if rapid.Bool().Draw(t, "by identity") {
		e.Identities = append(e.Identities, rapid.SampledFrom(identities).Draw(t, "carried by"))
	}
	for _, one := range h.said {
		if one.Ref != "" && slices.Contains(e.From, one.owner) && rapid.IntRange(0, 2).Draw(t, "listed") == 0 {
			e.Interactions = append(e.Interactions, one.Ref)
		}
	}
	for _, one := range h.said {
		slot := string(one.Identity.Slot())
		switch {
		case one.Way == contact.Aside || !slices.Contains(e.From, one.owner):
		case one.isTaken(e):
			e.Got[slot] = one.after(e.Got[slot])
		default:
			if e.Left[one.owner] == nil {
				e.Left[one.owner] = map[string]contact.Touch{}
			}
			e.Left[one.owner][slot] = one.after(e.Left[one.owner][slot])
		}
	}
	return e
}

// split gives a part of a contact to a new one, which is made later.
func (h *tale) split(t *rapid.T, id contact.ID, c contact.Contact) {
	own := slices.Sorted(maps.Keys(c.Values))
	own = slices.DeleteFunc(own, func(s contact.Slot) bool { return c.Values[s].Text == "" })
	if c.Standing() != nil || len(own) == 0 {
		return
	}
	slot := rapid.SampledFrom(own).Draw(t, "given")
	e := contact.Split{Into: h.newcomer(), Says: map[contact.Slot]string{slot: c.Values[slot].Text}}
	if i, is := slot.Identity(); is {
		e.Identities = []contact.Identity{i}
	}
	h.happens(t, h.key(id).Stream(), e)
	h.unborn, h.origins[e.Into] = append(h.unborn, e), id
}

// deliver makes a contact that was split off.
func (h *tale) deliver(t *rapid.T) {
	if len(h.unborn) == 0 {
		return
	}
	e := h.unborn[0]
	h.unborn = h.unborn[1:]
	of := h.origins[e.Into]
	h.happens(t, h.key(e.Into).Stream(), contact.Created{Origin: contact.BySplit, Says: e.Says, Of: of}, h.taken(t, e.Into, e.Identities))
}
