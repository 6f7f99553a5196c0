package eventstore

import (
	"fmt"
	"log/slog"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// lost is what a call of the client panics with, by our doing, when its node is lost.
type lost struct{ err error }

// logger is the client's way to log, at level debug: what an operator must know is
// told by Connection.
//
// It has a second task. When a call finds its node unavailable the client logs an
// "unexpected exception" and then has its connection looked for anew, in which it
// hangs for ever if the node is not back within its attempts, and leaks the old
// connection if it is. So the call ends right here, in a panic that guard turns into
// its error, and the whole client is replaced.
func logger(log *slog.Logger) esdb.LoggingFunc {
	return func(level esdb.LogLevel, format string, args ...any) {
		if level == esdb.LogError && len(args) == 1 && strings.HasPrefix(format, "unexpected exception") {
			if err, ok := args[0].(error); ok && status.Code(err) == codes.Unavailable {
				panic(lost{err})
			}
		}
		log.Debug("event store client: " + fmt.Sprintf(format, args...))
	}
}

// guard, deferred around every call of the client, turns its panics into errors: ours
// when a node is lost, and its own about messages it does not expect.
func guard(err *error) {
	switch p := recover().(type) {
	case nil:
	case lost:
		*err = p.err
	default:
		*err = fmt.Errorf("the client of the event store panicked: %v", p)
	}
}
