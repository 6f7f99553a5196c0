package eventstore

import (
	"context"
	"errors"
	"io"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// is reports whether err is or wraps an error of the client with the code. The
// client's own FromError does not look into what the client itself has wrapped.
func is(err error, code esdb.ErrorCode) bool {
	var e *esdb.Error
	return errors.As(err, &e) && e.IsErrorCode(code)
}

// passing reports whether a call that failed with err is worth another attempt: the
// store is away, busy, without a leader, or cut us off in mid-sentence. Whether the
// failed call took effect is not known.
func passing(err error) bool {
	if err == nil {
		return false
	}
	if errors.Is(err, errAway) || errors.Is(err, io.EOF) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	var e *esdb.Error
	if errors.As(err, &e) {
		switch e.Code() {
		case esdb.ErrorCodeNotLeader, esdb.ErrorCodeConnectionClosed:
			return true
		case esdb.ErrorCodeWrongExpectedVersion, esdb.ErrorCodeStreamDeleted, esdb.ErrorCodeResourceNotFound:
			return false
		}
	}
	switch code(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Aborted, codes.Canceled, codes.Internal:
		return true
	}
	return false
}

// severed reports whether err casts doubt on the connection itself.
func severed(err error) bool {
	return passing(err) && code(err) != codes.Aborted && !errors.Is(err, errAway)
}

// code is the status in err, which the client may have wrapped.
func code(err error) codes.Code {
	var s interface{ GRPCStatus() *status.Status }
	if errors.As(err, &s) {
		return s.GRPCStatus().Code()
	}
	return codes.Unknown
}
