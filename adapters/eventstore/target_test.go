package eventstore_test

import (
	"strings"
	"testing"

	"skein/adapters/eventstore"
)

// A connection string that is wrong is reported without the password in it.
func TestWrongTarget(t *testing.T) {
	t.Parallel()
	for _, target := range []string{
		"esdb://ada:secret@host:port", "esdb://", "esdb://ada:secret@host/path", "esdb+discover://ada:secret@host?tls=perhaps",
		"esdb://ada:secret/1@host", "esdb://ada:1/secret@host",
	} {
		_, err := eventstore.Dial(target, quiet)
		if err == nil {
			t.Errorf("%s was taken", target)
		} else if strings.Contains(err.Error(), "secret") {
			t.Error(err)
		}
	}
}
