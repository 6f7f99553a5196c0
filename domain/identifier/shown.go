package identifier

import "skein/domain/contact"

// Shown is a value that people see of a standing contact.
type Shown struct {
	Value   string
	Contact contact.ID
	Own     bool // it is in the contact's own story, and not only in one of a part of it
}
