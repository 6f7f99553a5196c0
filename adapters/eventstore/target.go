package eventstore

import (
	"errors"
	"fmt"
	"net"
	"strconv"
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
	scheme, err := Scheme(target)
	if err != nil {
		return nil, err
	}
	_, rest, _ := strings.Cut(target, ":")
	connection, address := "esdb://localhost?tls=false", ""
	switch scheme {
	case "unix":
		address = "unix:" + rest
	case "":
		if _, port, err := net.SplitHostPort(target); err != nil || !number(port) {
			return nil, errName
		}
		address = target
	default:
		connection = scheme + ":" + rest
	}
	cfg, err := esdb.ParseConnectionString(connection)
	if err != nil {
		return nil, unreadable(err)
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

// number reports whether a port is one: what is none may be a password.
func number(port string) bool {
	_, err := strconv.ParseUint(port, 10, 16)
	return err == nil
}

var errTarget = errors.New("the connection string of the event store cannot be read: it is like " +
	"esdb://user:password@host:port?tls=true, and a password has %40 for @, %2F for /, %3F for ?, %23 for # and %25 for %")

// unreadable is what is told of an error of the client. That may quote any part of the
// connection string, and what it takes for a port may be the beginning of a password;
// only when it names a setting whose value is wrong does it quote nothing else.
func unreadable(err error) error {
	if strings.HasPrefix(err.Error(), "Setting '") {
		return fmt.Errorf("the connection string of the event store: %w", err)
	}
	return errTarget
}
