package commands_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
)

// Whatever is asked, in whatever order, of contacts that are created, edited, merged,
// unmerged alone and with their trees, deleted and written with: they are told as a plain
// model tells them, every message counts for one contact, and what names one contact
// names one (D1-3, D1-9, D1-16, D2-2, D2-4, D2-14, row 9 of the reliability tests).
func TestModel(t *testing.T) {
	t.Parallel()
	steps := 60
	if os.Getenv("SKEIN_LONG") != "" {
		steps = 150 // by make test-long ten thousand times: a million operations
	}
	rapid.Check(t, func(rt *rapid.T) { play(t, rt, steps) })
}

// match is a house and the model of what should be in it.
type match struct {
	*house
	*model
	t      *rapid.T
	people []contact.ID
	sent   int
	erased map[contact.ID]bool
}

func play(t *testing.T, rt *rapid.T, steps int) {
	m := &match{house: build(t), model: newModel(), t: rt, erased: map[contact.ID]bool{}}
	for range rapid.IntRange(steps/2, steps).Draw(rt, "steps") {
		m.step()
	}
	m.compare()
}

var (
	slots = []string{"first_name", "country", "legal_basis"}
	texts = []string{"", "x", "y", "z"}
	names = []string{"ada@example.org", "eve@example.org", "kit@example.org"}
)

// said draws what is said of a contact, as it is asked and as it is kept.
func (m *match) said() (fields map[string]string, says map[contact.Slot]string) {
	fields = rapid.MapOfN(rapid.SampledFrom(slots), rapid.SampledFrom(texts), 1, 3).Draw(m.t, "fields")
	if rapid.IntRange(0, 2).Draw(m.t, "named") == 0 {
		fields["email"] = rapid.SampledFrom(append([]string{""}, names...)).Draw(m.t, "email")
	}
	if rapid.IntRange(0, 3).Draw(m.t, "restricted") == 0 {
		fields["opted_out"] = rapid.SampledFrom([]string{"", "true", "false"}).Draw(m.t, "opted out")
	}
	says = map[contact.Slot]string{}
	for key, text := range fields {
		says[contact.Slot(key)] = text
	}
	return fields, says
}

func (m *match) any(label string) contact.ID {
	if len(m.people) == 0 {
		return "nobody"
	}
	return rapid.SampledFrom(m.people).Draw(m.t, label)
}

func (m *match) step() {
	ctx := m.t.Context()
	switch step := rapid.IntRange(0, 19).Draw(m.t, "step"); {
	case step <= 3:
		fields, says := m.said()
		if id, _, err := m.CreateContact(ctx, by, m.room, contact.Create{Fields: fields, Tags: []string{"new"}}); err == nil {
			says["#new"] = "on"
			m.people = append(m.people, id)
			m.say(id, says)
		}
	case step <= 7:
		fields, says := m.said()
		id := m.any("edited")
		edit := contact.Edit{Fields: fields}
		if rapid.Bool().Draw(m.t, "tag") {
			edit.Tag, edit.Untag = []string{"vip"}, []string{"new"}
			says["#vip"], says["#new"] = "on", ""
		}
		_, err := m.EditContact(ctx, by, m.room, id, edit)
		m.expect(err != nil || m.stands(id), "%s was edited", id)
		if err == nil {
			m.say(id, says)
		}
	case step <= 12:
		m.mergeTwo()
	case step <= 15:
		id, alone := m.any("unmerged"), rapid.Bool().Draw(m.t, "alone")
		was := m.merges[id].into
		parted, err := m.UnmergeContact(ctx, by, m.room, id, commands.Parting{Alone: alone})
		if err == nil && !parted.AlreadyReversed {
			m.expect(was != "" && !m.gone[id], "%s was taken out of nobody", id)
			m.apart(id, alone)
		}
	case step == 16 && rapid.Bool().Draw(m.t, "for ever"):
		m.erase(m.any("erased"))
	case step == 16:
		id := m.any("deleted")
		if _, err := m.DeleteContact(ctx, by, m.room, id); err == nil {
			m.expect(m.stands(id), "%s was deleted", id)
			m.remove(id)
		}
	default:
		m.write()
	}
}

func (m *match) expect(holds bool, format string, args ...any) {
	m.t.Helper()
	if !holds {
		m.t.Fatalf(format+", which the model does not know of", args...)
	}
}

// leadsAs fails unless what is asked of a contact that does not stand is refused as the
// model has it, naming the contact it is a part of.
func (m *match) leadsAs(id contact.ID) {
	_, err := m.EditContact(m.t.Context(), by, m.room, id, contact.Edit{Tag: []string{"asked"}})
	var refused *domain.Refusal
	switch {
	case m.gone[id]:
		m.expect(errors.Is(err, contact.ErrDeleted), "%s: %v", id, err)
	case !errors.As(err, &refused) || refused.Names["survivor"] != string(m.root(id)):
		m.t.Errorf("%s leads elsewhere than to %s: %v", id, m.root(id), err)
	}
}

// mergeTwo merges two contacts, with a choice wherever both are named otherwise.
func (m *match) mergeTwo() {
	survivor, absorbed := m.any("survivor"), m.any("absorbed")
	choice := rapid.SampledFrom([]contact.Choice{contact.Survivors, contact.Absorbeds, contact.Neithers})
	choices := rapid.MapOfN(rapid.SampledFrom(append([]string{"opted_out"}, slots...)), choice, 0, 2).Draw(m.t, "choices")
	if mine, theirs := m.values(survivor)["email"].text, m.values(absorbed)["email"].text; mine != "" && theirs != "" && mine != theirs {
		choices["email"] = choice.Draw(m.t, "whose address")
	}
	_, _, err := m.MergeContacts(m.t.Context(), by, m.room, survivor, absorbed, contact.Absorb{Choices: choices})
	switch can := survivor != absorbed && m.stands(survivor) && m.stands(absorbed); {
	case can && err != nil:
		m.t.Fatalf("%s could not be merged into %s: %v", absorbed, survivor, err)
	case can:
		m.join(survivor, absorbed, choices)
	case err == nil && m.merges[absorbed].into != survivor:
		m.t.Fatalf("%s was merged into %s, which the model does not know of", absorbed, survivor)
	}
}

// write notes something to or from a contact, sometimes for the second time, which is
// already so.
func (m *match) write() {
	id, name := m.any("written to"), fmt.Sprint(m.sent)
	was, again := m.notes[name]
	if again = again && rapid.IntRange(0, 4).Draw(m.t, "again") == 0; again {
		id = was.owner
	} else {
		m.sent++
		name = fmt.Sprint(m.sent)
	}
	at := time.Date(2026, 1, 1+rapid.IntRange(0, 27).Draw(m.t, "day"), 0, 0, m.sent, 0, time.UTC)
	_, _, err := m.NoteEvent(m.t.Context(), by, m.room, id, conversation.NoteEvent{Event: conversation.MessageID(name), Name: "ordered", At: at})
	m.expect(err != nil || m.stands(id), "%s was written to", id)
	if err == nil && !again {
		m.notes[name] = noting{owner: id, at: at}
	}
}

// compare compares all that people see with what the model tells.
func (m *match) compare() {
	history := m.journal.All(0)
	var family contact.Family
	for _, r := range history {
		if c := r.Stream.Category(); c == "contact" || c == "conversation" {
			family.Tell(r)
		}
	}
	holders := map[string][]contact.ID{}
	for _, id := range m.people {
		if stands := family.Own(id).Standing() == nil; stands != m.stands(id) {
			m.t.Errorf("%s stands: %v, model: %v", id, stands, m.stands(id))
		}
		if !m.stands(id) {
			m.leadsAs(id)
			continue
		}
		told := family.Told(id)
		want := map[contact.Slot]string{}
		for slot, v := range m.values(id) {
			want[slot] = v.text
		}
		got := map[contact.Slot]string{}
		for slot, v := range told.Values {
			if v.Text != "" {
				got[slot] = v.Text
			}
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			m.t.Errorf("%s is told otherwise (-model +told):\n%s", id, diff)
		}
		if touched, _ := m.last(id); !touched.Equal(told.LastInteraction) {
			m.t.Errorf("%s was in touch at %v, model: %v", id, told.LastInteraction, touched)
		}
		for _, one := range family.Within(id) {
			if email := family.Own(one).Field("email"); email != "" && !slices.Contains(holders[email], id) {
				holders[email] = append(holders[email], id)
			}
		}
	}
	for email, ids := range holders {
		if len(ids) > 1 {
			m.t.Errorf("%s names %v", email, ids)
		}
	}
	noted := map[string]int{}
	for _, r := range history {
		if e, ok := r.Event.(conversation.EventNoted); ok {
			noted[string(e.Event)]++
		}
	}
	for name, n := range m.notes {
		if gone := m.erased[n.owner]; gone && noted[name] > 0 || !gone && noted[name] != 1 {
			m.t.Errorf("event %s is noted %d times", name, noted[name])
		}
	}
}
