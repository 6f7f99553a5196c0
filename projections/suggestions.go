package projections

import (
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/likeness"
	"skein/domain/pair"
	"skein/domain/space"
)

// Suggestions keeps which contacts may be one.
//
// What it keeps follows from how things stand, and not from how they came to be so: two
// standing contacts are suggested if they share a key that is not that of a crowd, are
// alike enough, and nobody has judged that the one, or a part of it, is another person
// than the other, or a part of that. So it is the same however the journal was cut into
// pages. Of a page, those are looked at anew whose person has changed, and those whose
// keys become, or cease to be, those of a crowd; see [likeness.Crowd].
//
// It keeps stories of its own, for a projection relies on no other one's tables. They
// hold only what persons are told from.
type Suggestions struct{}

// Tables implements Projection.
func (Suggestions) Tables() []string {
	return []string{
		"suggestion_stories", "suggestion_merges", "suggestion_people", "suggestion_keys",
		"suggestion_verdicts", "suggestions", "suggestion_spaces",
	}
}

// Concerns implements Projection.
func (Suggestions) Concerns(s domain.Stream) bool {
	switch s.Category() {
	case "contact", "pair", "space":
		return true
	}
	return false
}

// metAtOnce is how many events are told before those they concern are compared. It
// bounds how many persons are in memory.
const metAtOnce = 2048

// Project implements Projection.
func (Suggestions) Project(ctx context.Context, tx pgx.Tx, page []domain.Recorded) error {
	for events := range slices.Chunk(page, metAtOnce) {
		m := meeting{
			rooms: map[space.ID]*meetingRoom{}, touched: map[contact.Key]bool{}, parted: map[pair.Key]bool{},
			people: map[contact.Key]person{}, before: map[contact.Key]person{}, blocks: map[blockKey]*block{}, again: map[contact.Key]bool{},
		}
		if err := m.load(ctx, tx, events); err != nil {
			return err
		}
		for _, r := range events {
			m.tell(r)
		}
		if err := m.meet(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// meeting is what events change of who may be one.
type meeting struct {
	rooms   map[space.ID]*meetingRoom
	touched map[contact.Key]bool // those that may be other persons than before, or stand no longer
	parted  map[pair.Key]bool    // whether two are distinct, where something was said about that
	before  map[contact.Key]person
	people  map[contact.Key]person // those who stand now, as far as they are known
	again   map[contact.Key]bool   // those whose suggestions are looked at anew
	blocks  map[blockKey]*block
}

// meetingRoom is a space in which contacts are compared.
type meetingRoom struct {
	was, fields []space.Field
	reader      likeness.Reader
	family      contact.Family // the contacts that something happened to and all that are one with them
	before      contact.Family // the same as they were
	changed     map[contact.ID]bool
}

// person is a contact as it is compared.
type person struct {
	name, text string // the text is the Person in JSON
	likeness.Person
}

func (m *meeting) tell(r domain.Recorded) {
	in := spaceOf(r)
	room := m.rooms[in]
	switch e := r.Event.(type) {
	case space.Event:
		room.fields = space.Evolve(space.Space{Fields: room.fields}, e, r.Moment).Fields
	case pair.JudgedDistinct:
		m.part(pair.Of(r.Stream), true)
	case pair.Reconsidered:
		m.part(pair.Of(r.Stream), false)
	case contact.Event:
		id := contact.KeyOf(r.Stream).ID
		room.changed[id] = true
		switch e.(type) {
		case contact.Deleted, contact.Unmerged: // what was absorbed goes with it, or stays behind
			for _, one := range room.family.Within(id) {
				room.changed[one] = true
			}
		}
		root := room.family.Root(id)
		room.family.Tell(r)
		m.touched[contact.Key{Space: in, ID: root}] = true
		m.touched[contact.Key{Space: in, ID: room.family.Root(id)}] = true
		if room.family.Root(id) != root {
			m.again[contact.Key{Space: in, ID: root}] = true // the person may be the same, its parts are not
		}
		if other, distinct := pair.Parted(e); distinct {
			m.part(pair.KeyOf(in, id, other), true)
		}
	}
}

// part notes whether two contacts are distinct.
func (m *meeting) part(k pair.Key, distinct bool) {
	m.parted[k] = distinct
	m.again[contact.Key{Space: k.Space, ID: k.A}] = true
	m.again[contact.Key{Space: k.Space, ID: k.B}] = true
}

// meet compares those who have changed with those they share keys with.
func (m *meeting) meet(ctx context.Context, tx pgx.Tx) error {
	if err := m.look(ctx, tx); err != nil {
		return err
	}
	if err := m.loadBlocks(ctx, tx); err != nil {
		return err
	}
	if err := m.write(ctx, tx); err != nil {
		return err
	}
	if err := m.crowds(ctx, tx); err != nil {
		return err
	}
	alike, err := m.compare(ctx, tx)
	if err != nil {
		return err
	}
	return m.suggest(ctx, tx, alike)
}

// look tells who is which person now, and who is another one than before.
func (m *meeting) look(ctx context.Context, tx pgx.Tx) error {
	if err := loadPeople(ctx, tx, slices.Collect(maps.Keys(m.touched)), m.before); err != nil {
		return err
	}
	for _, room := range m.rooms {
		room.reader = likeness.NewReader(room.fields)
	}
	for key := range m.touched {
		room := m.rooms[key.Space]
		was, stood := m.before[key]
		if room.family.Own(key.ID).Standing() != nil {
			m.again[key] = m.again[key] || stood
			continue
		}
		told := room.family.Told(key.ID)
		is := person{name: told.Name(), Person: room.reader.Person(told)}
		is.text = personText(is.Person)
		m.people[key] = is
		m.again[key] = m.again[key] || !stood || was.text != is.text
	}
	roots := map[contact.Key]bool{}
	for key, again := range m.again {
		if again {
			roots[key] = true
			key.ID = m.rooms[key.Space].family.Root(key.ID)
			roots[key] = true
		}
	}
	m.again = roots
	return nil
}
