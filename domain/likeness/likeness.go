// Package likeness is about how alike two contacts are, so that people can be told
// which of them may be one.
//
// It weighs evidence as Fellegi and Sunter do ("A Theory for Record Linkage", 1969).
// What is known of both is compared attribute by attribute. Each outcome has a weight:
// the logarithm, to the base 2, of how much more often it comes about between two
// records of one person (m) than between those of two people (u). What is not known of
// one of them weighs nothing. The sum of the weights is the score: each bit doubles the
// odds that the two are one.
//
// The chances are general considerations, not fitted to any file, and stand in one
// table (see weights). The u of a birthday is one of 365 days in 70 years, that of an
// account number what random digits have; the u of names is that of places with a few
// common ones, where one in 120 meets their own first name and one in 400 their own
// last name. The m says that one record in five to ten has an attribute otherwise,
// more often what changes in a life, such as addresses, and less often what does not.
//
// Fellegi and Sunter take attributes to be independent. Of people who live together
// they are not, and with plain sums every couple would be one person; so what
// households share counts for no more than a bound (see Compare).
//
// Comparing everybody with everybody is out of the question. Only those are compared
// who share a key, of which each contact has a few (see Person.Keys).
package likeness

import (
	"cmp"
	"math"
	"slices"
)

// Attribute is what two people are compared by.
type Attribute string

const (
	FirstName   Attribute = "first_name"
	LastName    Attribute = "last_name"
	DateOfBirth Attribute = "date_of_birth"
	Street      Attribute = "street"
	Place       Attribute = "place" // town and postcode
	Phone       Attribute = "phone"
	Email       Attribute = "email"
	ExternalID  Attribute = "external_id"
	Number      Attribute = "personal_number" // such as that of a passport
	Channel     Attribute = "channel"         // by which it is in touch
)

// How is how an attribute of two people compares.
type How string

const (
	Unknown   How = ""
	Same      How = "same"
	Alike     How = "alike"   // but for a slip, or as far as both are told
	Swapped   How = "swapped" // first and last name
	Different How = "different"
)

// Agreement is an attribute in which two people agree.
type Agreement struct {
	Of  Attribute `json:"of"`
	How How       `json:"how"`
}

// Likeness is how alike two people are.
type Likeness struct {
	Score int         // in tenths of a bit
	Why   []Agreement // the heaviest first
}

// Grade is what a score means to people.
type Grade string

const (
	Likely   Grade = "likely"
	Possible Grade = "possible"
)

// The least scores of the grades. By chance alone, one pair in 4,000 reaches the one,
// which is a list that people can look through where only those who share a key are
// compared; one in a million the other.
const (
	AtLeastPossible = 120
	AtLeastLikely   = 200
)

// Grade is the grade of the score, none if it is not worth telling.
func (l Likeness) Grade() Grade {
	switch {
	case l.Score >= AtLeastLikely:
		return Likely
	case l.Score >= AtLeastPossible:
		return Possible
	}
	return ""
}

// The bounds of what households share, in bits. A home, that is a last name and an
// address, is shared by whoever lives there, two or three as a rule. And those with
// different first names who share more than a home are twins if it is a birthday, and
// a couple if it is a phone.
const (
	homeAtMost      = 14
	householdAtMost = 15
)

// Compare is how alike two people are, whichever is named first. A phone number, an
// email address or an identity in a channel that both have is worth telling by itself.
func Compare(a, b Person) Likeness {
	var e evidence
	swapped := e.names(a, b)
	e.weigh(DateOfBirth, born(a.Born, b.Born))
	e.weigh(Street, street(a, b))
	e.weigh(Place, place(a, b))
	e.weigh(Phone, anyOf(a.Phones, b.Phones, sameLine))
	e.weigh(Email, anyOf(a.Emails, b.Emails, sameMailbox))
	e.weigh(ExternalID, anyOf(a.External, b.External, never))
	e.weigh(Number, anyOf(a.Numbers, b.Numbers, oneSlip))
	e.weigh(Channel, anyOf(a.Channels, b.Channels, never))

	home := e.over(homeAtMost, LastName, Street, Place)
	if e.how(FirstName) == Different && !swapped {
		home = max(home, e.over(householdAtMost, LastName, Street, Place, DateOfBirth, Phone, Email))
	}
	score := int(math.Round(10 * (e.sum() - home)))
	for _, of := range []Attribute{Phone, Email, Channel} {
		if e.how(of) == Same {
			score = max(score, AtLeastPossible)
		}
	}
	return Likeness{score, e.agreements()}
}

// evidence is what the attributes of two people weigh.
type evidence []weighed

type weighed struct {
	Agreement
	bits float64
}

func (e *evidence) weigh(of Attribute, how How) {
	if how != Unknown {
		*e = append(*e, weighed{Agreement{of, how}, weights[of][how]})
	}
}

func (e evidence) how(of Attribute) How {
	for _, w := range e {
		if w.Of == of {
			return w.How
		}
	}
	return Unknown
}

func (e evidence) sum() (bits float64) {
	for _, w := range e {
		bits += w.bits
	}
	return bits
}

// over is by how much what speaks for two people being one exceeds a bound.
func (e evidence) over(bound float64, of ...Attribute) (bits float64) {
	for _, w := range e {
		if slices.Contains(of, w.Of) {
			bits += max(w.bits, 0)
		}
	}
	return max(bits-bound, 0)
}

func (e evidence) agreements() (all []Agreement) {
	slices.SortStableFunc(e, func(a, b weighed) int { return cmp.Compare(b.bits, a.bits) })
	for _, w := range e {
		if w.How != Different && w.bits > 0 {
			all = append(all, w.Agreement)
		}
	}
	return all
}
