package organization

import (
	"slices"

	"skein/domain"
)

// The spaces of an organization go by different names, compared without case and
// accents as a search compares them (C0-13). The organization's history outlives
// spaces that are deleted for ever, so it tells no names but their marks: a keyed
// hash of a name as it is compared.
//
// A space gets another name in three steps: the organization reserves the name, the
// space takes it, the organization lets go of the old one. The space takes it only
// if its own history has not gone on since the name was reserved, so a reservation
// is good for nothing as soon as that history is longer.

// OpenedSpace is a space that an organization has.
type OpenedSpace struct {
	ID       SpaceID
	Mark     string // of the name it goes by
	Name     string // what was written in place of the mark once
	Reserved []Reservation
	Length   uint64 // of the space's history when its mark was told last
}

// Reservation is a name that a space may take.
type Reservation struct {
	Mark   string
	Length uint64 // of the space's history, beyond which it is good for nothing
}

var (
	errSpaceName = domain.Refuse(domain.Invalid, "space_name_invalid", "A space's name has 1 to 100 characters on one line.")

	// ErrSpaceTaken refuses a name that another space goes by, or may be about to.
	// It names that space.
	ErrSpaceTaken = domain.Refuse(domain.Conflict, "space_name_taken", "A space of this organization goes by this name already. Choose another one.")
)

// SpaceName is the name a space goes by when it is asked to go by name, or a
// refusal: names have 1 to 100 characters on one line (C0-13).
func SpaceName(name string) (string, error) {
	kept, fit := domain.Line(name, 100)
	if !fit {
		return "", errSpaceName.Where("/name")
	}
	return kept, nil
}

// SpaceNamed is a space's name, and its mark.
type SpaceNamed struct{ Name, Mark string }

// free refuses a name that a space other than the given one has or may be about to take.
func (o Organization) free(name SpaceNamed, but SpaceID) error {
	for _, s := range o.Spaces {
		reserved := slices.ContainsFunc(s.Reserved, func(r Reservation) bool { return r.Mark == name.Mark })
		if s.ID != but && (s.goesBy(name) || reserved) {
			return ErrSpaceTaken.Where("/name").Naming("space", string(s.ID))
		}
	}
	return nil
}

func (s OpenedSpace) goesBy(name SpaceNamed) bool {
	if s.Mark == "" {
		return domain.Fold(s.Name) == domain.Fold(name.Name)
	}
	return s.Mark == name.Mark
}

// Has reports whether the organization has the space.
func (o Organization) Has(space SpaceID) bool { return o.space(space) >= 0 }

func (o Organization) space(id SpaceID) int {
	return slices.IndexFunc(o.Spaces, func(s OpenedSpace) bool { return s.ID == id })
}

// changing is the organization with one of its spaces changed.
func (o Organization) changing(id SpaceID, change func(*OpenedSpace)) Organization {
	if i := o.space(id); i >= 0 {
		o.Spaces = slices.Clone(o.Spaces)
		change(&o.Spaces[i])
	}
	return o
}
