package eventnode

import (
	"errors"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// longestName is how many bytes the name of a stream, or the type of an event, can have.
// Each event repeats both, and the node remembers the names of many streams; real servers
// have no such limit.
const longestName = 4 << 10

var (
	errNameless = errors.New("the stream needs a name")
	errTypeless = errors.New("an event needs a type")
)

// writable refuses names that no stream can have.
func writable(stream string, trailers set) error {
	if stream == "$all" {
		return trailers.accessDenied()
	}
	return misnamed(checkName(stream))
}

// misnamed is what a client is told of a name.
func misnamed(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errNameless), errors.Is(err, errTypeless):
		return malformed(err.Error())
	}
	return status.Error(codes.InvalidArgument, err.Error())
}

// checkName refuses what is no name of a stream that has events of its own. The metadata
// of a stream have two bytes more in theirs.
func checkName(stream string) error {
	about, _ := described(stream)
	switch {
	case about == "":
		return errNameless
	case stream == "$all":
		return errors.New("$all has no events of its own")
	case len(about) > longestName:
		return fmt.Errorf("the name of the stream has %d bytes, and can have %d", len(about), longestName)
	}
	return nil
}

// checkType refuses what is no type of an event.
func checkType(kind string) error {
	switch {
	case kind == "":
		return errTypeless
	case len(kind) > longestName:
		return fmt.Errorf("the type of the event has %d bytes, and can have %d", len(kind), longestName)
	}
	return nil
}
