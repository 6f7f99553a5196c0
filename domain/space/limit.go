package space

import "skein/domain"

// Limit is how many contacts a space takes in at most, which only organizations
// with the module white_label can say (C0-20). The zero Limit is none (C0-21).
type Limit struct {
	On     bool `json:"on"`
	AtMost int  `json:"at_most"`
}

// maxLimit bounds the number of a limit.
const maxLimit = 1_000_000_000

// ErrFull refuses one contact more than the limit of a space allows. It concerns
// new contacts only: those that are there stay and are heard (C0-23), also when
// the limit was lowered below their number (C0-24).
var ErrFull = domain.Refuse(domain.Conflict, "contact_limit_reached", "The space has as many contacts as its limit allows. Delete contacts that are not needed, or raise the limit.")

var (
	errLimit       = domain.Refuse(domain.Invalid, "contact_limit_invalid", "A contact limit lies between 0 and 1,000,000,000.")
	errUnlimitable = domain.Refuse(domain.Unplanned, "white_label_missing", "Only organizations with the module white_label can limit the contacts of a space.")
)

// check refuses a limit that cannot be set in an organization that has the module
// white_label, or has it not.
func (l Limit) check(whiteLabel bool) error {
	switch {
	case !whiteLabel:
		return errUnlimitable.Where("/contact_limit")
	case l.AtMost < 0 || l.AtMost > maxLimit:
		return errLimit.Where("/contact_limit/at_most")
	}
	return nil
}
