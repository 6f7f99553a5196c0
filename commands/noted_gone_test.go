package commands_test

import (
	"testing"

	"skein/commands"
	"skein/domain/space"
)

// A message that is brought again is answered with whom it was noted with, though somebody
// else had the address since and is gone too.
func TestHearOfTheRightOne(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.Hash = sum
	hello := commands.Inbound{Message: "1", Channel: space.Mail, Identity: "lord@example.org"}
	lord := h.hear(t, hello).Contact
	if _, err := h.DeleteContact(t.Context(), by, h.room, lord); err != nil {
		t.Fatal(err)
	}
	if _, err := h.DeleteContact(t.Context(), by, h.room, h.contact(t, "lord@example.org")); err != nil {
		t.Fatal(err)
	}
	if again := h.hear(t, hello); again.Contact != lord {
		t.Errorf("noted with %s, and heard again as %+v", lord, again)
	}
}
