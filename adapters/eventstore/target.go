package eventstore

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// silence is how long a node may leave the client's sign of life unanswered, unless the
// connection string says otherwise. The client gives one when it has heard nothing for
// ten seconds, and no more often, so a subscription that does not fail but is dead
// ends after fifteen.
const silence = 5 * time.Second

// configuration reads a target. The client looks for a node once and answers: waiting
// and trying again are up to Connection.
func configuration(target string) (*esdb.Configuration, error) {
	connection, address := target, ""
	if !strings.HasPrefix(target, "esdb:") && !strings.HasPrefix(target, "esdb+discover:") {
		connection, address = "esdb://localhost?tls=false", target
	}
	cfg, err := esdb.ParseConnectionString(connection)
	if u := (*url.Error)(nil); errors.As(err, &u) {
		err = u.Err // and not the URL, which may hold a password
	}
	if err != nil {
		return nil, fmt.Errorf("connection string of the event store: %w", err)
	}
	if address != "" {
		cfg.Address = address
	}
	if !strings.Contains(strings.ToLower(connection), "keepalivetimeout=") {
		cfg.KeepAliveTimeout = silence
	}
	cfg.MaxDiscoverAttempts = 1
	cfg.DiscoveryInterval = 1 // the client sleeps as many milliseconds after the attempt, too
	return cfg, nil
}
