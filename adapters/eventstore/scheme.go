package eventstore

import (
	"errors"
	"strings"
)

var errName = errors.New("this does not name an event store: write esdb://user:password@host:port, esdb+discover://user:password@host:port or unix:///…/node.sock")

// Scheme is how the store with a name is reached: "esdb" or "esdb+discover" by a
// connection string, "unix" by a socket, and "" when the name is an address or a folder.
// The schemes of KurrentDB are others for the first two. Everything else that may be a
// connection string gone wrong is refused, and nothing of it is repeated, for it may
// hold a password.
func Scheme(name string) (string, error) {
	if before, _, found := strings.Cut(name, ":"); found {
		switch strings.ToLower(before) {
		case "esdb", "kurrentdb", "kurrent", "kdb":
			return "esdb", nil
		case "esdb+discover", "kurrentdb+discover", "kurrent+discover", "kdb+discover":
			return "esdb+discover", nil
		case "unix":
			return "unix", nil
		}
	}
	if strings.Contains(name, "://") || strings.Contains(name, "@") {
		return "", errName
	}
	return "", nil
}
