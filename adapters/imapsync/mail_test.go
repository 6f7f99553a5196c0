package imapsync

import (
	"errors"
	"strings"
	"testing"

	"skein/domain"
	"skein/domain/mailbox"
)

// What is not dialled as a precaution says which part of the address it is, and
// who can allow it.
func TestNotAllowed(t *testing.T) {
	t.Parallel()
	for pointer, a := range map[string]mailbox.Account{
		"/host": {Host: "127.0.0.1", Port: 993, Security: mailbox.TLS},
		"/port": {Host: "127.0.0.1", Port: 25, Security: mailbox.TLS},
	} {
		_, err := Mail{}.Try(t.Context(), a, "secret")
		var refused *domain.Refusal
		if !errors.As(err, &refused) || refused.At != pointer || !strings.Contains(refused.Message, "SKEIN_ALLOW_PRIVATE_MAIL") {
			t.Errorf("%v: %#v", a, err)
		}
	}
}
