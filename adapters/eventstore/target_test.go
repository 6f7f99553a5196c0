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
		"http://ada:secret@host:1", "ada:secret@host", "esdb//ada:secret@host", "esbd+discover://ada:secret@host", " esdb://ada:secret@host",
		"http:ada:secret%40host", "ada:secret", "secret",
	} {
		_, err := eventstore.Dial(target, quiet)
		if err == nil {
			t.Errorf("%s was taken", target)
		} else if strings.Contains(err.Error(), "secret") {
			t.Error(err)
		}
	}
}

// A scheme is one in any case, and by the names that KurrentDB gives it.
func TestScheme(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"esdb://host": "esdb", "ESDB://ada:secret@host": "esdb", "kurrentdb://host": "esdb", "KurrentDB+Discover://host": "esdb+discover",
		"esdb+DISCOVER://host": "esdb+discover", "unix:///a@b/node.sock": "unix", "Unix:///node.sock": "unix",
		"host:2113": "", "data": "", "/esdb": "", "esdb": "",
	} {
		if got, err := eventstore.Scheme(name); err != nil || got != want {
			t.Errorf("%s has the scheme %q, %v", name, got, err)
		}
		if want == "" {
			continue
		}
		if _, err := eventstore.Dial(name, quiet); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
