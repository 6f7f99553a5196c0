package likeness_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/domain/contact"
	"skein/domain/likeness"
	"skein/domain/space"
)

// Of people who are made up, with slips and in households, those who are one are told.
func TestMadeUpPeople(t *testing.T) {
	t.Parallel()
	for size, goal := range map[int]float64{500: .95, 2500: .90} {
		records := newTown(uint64(size)).people(size)
		m, _, _ := measure(records)
		t.Logf("%d records: %v", len(records), m)
		if m.f1() < goal {
			t.Errorf("%d records: F1 is %.4f, want %.2f", len(records), m.f1(), goal)
		}
	}
}

// How alike two people are does not depend on who is named first; nobody is likelier to
// be somebody else than themselves; who is known to agree in nothing is not alike.
func TestCompareLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		records := newTown(rapid.Uint64().Draw(t, "town")).people(3)
		for _, a := range records {
			self := likeness.Compare(a.Person, a.Person)
			for _, b := range records {
				ab, ba := likeness.Compare(a.Person, b.Person), likeness.Compare(b.Person, a.Person)
				if diff := cmp.Diff(ab, ba); diff != "" {
					t.Fatalf("compared the other way round:\n%+v\n%+v\n%s", a.Person, b.Person, diff)
				}
				if ab.Score > self.Score {
					t.Fatalf("%+v is likelier to be %+v than itself", a.Person, b.Person)
				}
			}
			if nobody := likeness.Compare(a.Person, likeness.Person{}); nobody.Score != 0 || nobody.Why != nil {
				t.Fatalf("compared with nobody: %+v", nobody)
			}
			if keys := a.Keys(); !slices.IsSorted(keys) || len(keys) > 20 {
				t.Fatalf("keys %v", keys)
			}
		}
	})
}

// Grades of pairs as people would judge them.
func TestGrades(t *testing.T) {
	t.Parallel()
	home := likeness.Person{Last: "hopper", Street: "main street", House: "5", Town: "berlin", Postcode: "10115"}
	at := func(first, born string, phones ...string) likeness.Person {
		p := home
		p.First, p.Born, p.Phones = first, born, phones
		return p
	}
	named := func(first, last string) likeness.Person { return likeness.Person{First: first, Last: last} }
	for what, c := range map[string]struct {
		a, b likeness.Person
		want likeness.Grade
	}{
		"the same":                     {at("grace", "19061209"), at("grace", "19061209"), likeness.Likely},
		"the same with slips":          {at("grace", "19061209"), at("garce", "19060912"), likeness.Likely},
		"names swapped, same birthday": {likeness.Person{First: "grace", Last: "hopper", Born: "19061209"}, likeness.Person{First: "hopper", Last: "grace", Born: "19061209"}, likeness.Likely},
		"one name and address":         {at("grace", ""), at("grace", ""), likeness.Likely},
		"only a name":                  {named("grace", "hopper"), named("grace", "hopper"), likeness.Possible},
		"only a last name":             {named("grace", "hopper"), named("ada", "hopper"), ""},
		"a couple":                     {at("grace", "19061209"), at("vincent", "19040101"), ""},
		"a couple without birthdays":   {at("grace", ""), at("vincent", ""), ""},
		"twins":                        {at("grace", "19061209"), at("vincent", "19061209"), ""},
		"a couple with one phone":      {at("grace", "19061209", "4930123"), at("vincent", "19040101", "4930123"), likeness.Possible},
		"one address of mail":          {likeness.Person{Emails: []string{"a@example.org"}}, likeness.Person{Emails: []string{"a@example.org"}}, likeness.Possible},
		"two of one name in one home":  {at("grace", "19061209"), at("grace", "19360101"), likeness.Possible},
	} {
		if got := likeness.Compare(c.a, c.b); got.Grade() != c.want {
			t.Errorf("%s: %q at %+v, want %q", what, got.Grade(), got, c.want)
		}
	}
}

// Fields of a space's own tell of a person by their type, their key or their label, and
// what is written in different ways is compared alike.
func TestReader(t *testing.T) {
	t.Parallel()
	reader := likeness.NewReader([]space.Field{
		{Key: "given_name", Type: space.Text},
		{Key: "born", Type: space.Date},
		{Key: "dob", Type: space.Text},
		{Key: "home", Label: "Street address", Type: space.Text},
		{Key: "plz", Type: space.Text},
		{Key: "suburb", Type: space.Text},
		{Key: "work", Type: space.PhoneType},
		{Key: "private", Type: space.EmailType},
		{Key: "ssn", Type: space.Text},
		{Key: "shoe", Type: space.Number},
		{Key: "married", Label: "Birthday", Type: space.Checkbox},
	})
	got := reader.Person(contact.Contact{Values: map[contact.Slot]contact.Value{
		"given_name": {Text: "Gráce"}, "last_name": {Text: "O'Hopper-Smith "}, "dob": {Text: "09.12.06"}, "born": {Text: "1906-12-09"},
		"home": {Text: "Hauptstr. 5"}, "plz": {Text: "D-10115"}, "suburb": {Text: "Sankt  Pauli"},
		"phone": {Text: "+4930123456"}, "work": {Text: "+493099"}, "email": {Text: "grace@example.org"}, "private": {Text: "g@example.org"},
		"ssn": {Text: "12-34 X"}, "shoe": {Text: "39"}, "married": {Text: "true"}, "#vip": {Text: "on"}, "@sms:+49170": {Text: "on"},
	}})
	want := likeness.Person{
		First: "grace", Last: "o hopper smith", Born: "19061209", Street: "hauptstr", House: "5", Town: "sankt pauli", Postcode: "d10115",
		Phones: []string{"4930123456", "493099"}, Emails: []string{"g@example.org", "grace@example.org"}, Numbers: []string{"1234x"}, Channels: []string{"sms:+49170"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for slot, reads := range map[contact.Slot]bool{"home": true, "@sms:1": true, "first_name": true, "#vip": false, "shoe": false, "married": false, "gone": false} {
		if reader.Reads(slot) != reads {
			t.Errorf("reads %s: %v", slot, !reads)
		}
	}
}
