package pair

import (
	"skein/domain"
	"skein/domain/contact"
)

// Parted is the contact that an event parts its own contact from, which says that the
// two are distinct: a merge was undone, and whoever undid it did not leave that open, or
// two people were behind one address (D2-12, D2-13).
func Parted(e domain.Event) (from contact.ID, distinct bool) {
	switch e := e.(type) {
	case contact.Unmerged:
		return e.Survivor, !e.Undecided
	case contact.Split:
		return e.Into, true
	}
	return "", false
}
