package domain_test

import (
	"testing"

	"skein/domain"
)

func TestPointerTo(t *testing.T) {
	for key, want := range map[string]string{"email": "/fields/email", "a/b~c": "/fields/a~1b~0c", "~1": "/fields/~01", "": "/fields/"} {
		if got := domain.PointerTo("/fields", key); got != want {
			t.Errorf("%q is at %q, want %q", key, got, want)
		}
	}
}
