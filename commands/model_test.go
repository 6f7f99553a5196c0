package commands_test

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"skein/domain/contact"
)

// model tells contacts in the plainest way there is: it keeps what was said, which
// merges stand and what was noted, and tells everything anew each time, letting each
// merge copy at its moment what the survivor takes over. It knows no events, no
// histories and no revisions.
type model struct {
	now    int
	says   []saying
	merges map[contact.ID]merging
	notes  map[string]noting // by message
	gone   map[contact.ID]bool
	born   map[contact.ID]int
}

type saying struct {
	at   int
	by   contact.ID
	slot contact.Slot
	text string
}

type merging struct {
	at      int
	into    contact.ID
	choices map[string]contact.Choice
	earlier []int // when it was merged into those who left it where it is, the last of them first
}

type noting struct {
	owner    contact.ID
	at       time.Time
	incoming bool
}

func newModel() *model {
	return &model{
		merges: map[contact.ID]merging{}, notes: map[string]noting{},
		gone: map[contact.ID]bool{}, born: map[contact.ID]int{},
	}
}

func (m *model) say(by contact.ID, says map[contact.Slot]string) {
	m.now++
	if m.born[by] == 0 {
		m.born[by] = m.now
	}
	for slot, text := range says {
		m.says = append(m.says, saying{m.now, by, slot, text})
	}
}

func (m *model) join(survivor, absorbed contact.ID, choices map[string]contact.Choice) {
	m.now++
	m.merges[absorbed] = merging{at: m.now, into: survivor, choices: choices}
}

// apart forgets a merge. Alone, what had been absorbed before counts as absorbed by
// the survivor at that moment, and the survivor goes on showing what it showed of it.
func (m *model) apart(absorbed contact.ID, alone bool) {
	m.now++
	was := m.merges[absorbed]
	if alone {
		showed := m.values(absorbed)
		delete(m.merges, absorbed)
		rest := m.values(was.into)
		for part, one := range m.merges {
			if one.into != absorbed {
				continue
			}
			kept := map[string]contact.Choice{}
			for field, choice := range was.choices {
				source := showed[contact.Slot(field)].from
				if choice == contact.Neithers || choice == contact.Absorbeds && source != "" && slices.Contains(m.within(part), source) {
					kept[field] = choice
				}
			}
			for field, choice := range one.choices {
				slot := contact.Slot(field)
				_, chosen := was.choices[field]
				if choice == contact.Absorbeds && !chosen && rest[slot].text == "" && slices.Contains(m.within(part), showed[slot].from) {
					kept[field] = choice
				}
			}
			m.merges[part] = merging{max(one.at, was.at), was.into, kept, append([]int{one.at}, one.earlier...)}
		}
	}
	delete(m.merges, absorbed)
}

func (m *model) remove(id contact.ID) {
	for _, one := range m.within(id) {
		m.gone[one] = true
	}
}

func (m *model) stands(id contact.ID) bool {
	return m.born[id] > 0 && !m.gone[id] && m.merges[id].into == ""
}

func (m *model) root(id contact.ID) contact.ID {
	for m.merges[id].into != "" {
		id = m.merges[id].into
	}
	return id
}

func (m *model) within(id contact.ID) (ids []contact.ID) {
	ids = append(ids, id)
	for part, one := range m.merges {
		if one.into == id {
			ids = append(ids, m.within(part)...)
		}
	}
	return ids
}

// shown is what a contact has of a slot, since when, and whose it was at first.
type shown struct {
	text string
	at   int
	from contact.ID
}

// values tells what a contact shows: everything in the order it happened.
func (m *model) values(id contact.ID) map[contact.Slot]shown {
	all := map[contact.ID]map[contact.Slot]shown{}
	of := func(one contact.ID) map[contact.Slot]shown {
		if all[one] == nil {
			all[one] = map[contact.Slot]shown{}
		}
		return all[one]
	}
	parts := slices.SortedFunc(maps.Keys(m.merges), func(a, b contact.ID) int {
		return cmp.Or(cmp.Compare(m.merges[a].at, m.merges[b].at), slices.Compare(m.merges[a].earlier, m.merges[b].earlier))
	})
	until := func(at int) {
		for len(parts) > 0 && m.merges[parts[0]].at < at {
			one := m.merges[parts[0]]
			absorb(of(one.into), of(parts[0]), one)
			parts = parts[1:]
		}
	}
	for _, s := range m.says {
		until(s.at)
		of(s.by)[s.slot] = shown{s.text, s.at, s.by}
	}
	until(m.now + 1)
	maps.DeleteFunc(of(id), func(_ contact.Slot, v shown) bool { return v.text == "" })
	return of(id)
}

// absorb lets into take over what a merge leaves it.
func absorb(into, from map[contact.Slot]shown, how merging) {
	for slot, theirs := range from {
		mine := into[slot]
		switch choice := how.choices[string(slot)]; {
		case theirs.text == "" || choice != "":
		case mine.text == "",
			slot == "opted_out" && theirs.text == "true" && mine.text == "false",
			slot == "legal_basis" && theirs.at > mine.at:
			into[slot] = theirs
		}
	}
	for field, choice := range how.choices {
		switch slot := contact.Slot(field); choice {
		case contact.Neithers:
			into[slot] = shown{at: how.at}
		case contact.Absorbeds:
			into[slot] = from[slot]
		}
	}
}

// last is when a contact was in touch last, and heard of last.
func (m *model) last(id contact.ID) (touched, heard time.Time) {
	within := m.within(id)
	for _, n := range m.notes {
		if !slices.Contains(within, n.owner) {
			continue
		}
		if n.at.After(touched) {
			touched = n.at
		}
		if n.incoming && n.at.After(heard) {
			heard = n.at
		}
	}
	return touched, heard
}
