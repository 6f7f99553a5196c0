package eventnode

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// Clients tell errors apart by their trailers. They are set with set, which is
// grpc.SetTrailer of the call at hand.
type set func(trailers metadata.MD)

func trailersOf(ctx context.Context) set {
	return func(md metadata.MD) { grpc.SetTrailer(ctx, md) }
}

func (s set) streamDeleted(stream string) error {
	s(metadata.Pairs("exception", "stream-deleted", "stream-name", trailer(stream)))
	return status.Errorf(codes.FailedPrecondition, "the stream %q is deleted", stream)
}

func (s set) wrongVersion(stream string, expected, actual int64) error {
	s(metadata.Pairs("exception", "wrong-expected-version", "stream-name", trailer(stream),
		"expected-version", strconv.FormatInt(expected, 10), "actual-version", strconv.FormatInt(actual, 10)))
	return status.Errorf(codes.FailedPrecondition, "the stream %q is at %d, not at %d", stream, actual, expected)
}

func (s set) accessDenied() error {
	s(metadata.Pairs("exception", "access-denied"))
	return status.Error(codes.PermissionDenied, "access denied")
}

func (s set) missingMetadata() error {
	s(metadata.Pairs("exception", "missing-required-metadata-property",
		"required-metadata-properties", "type,content-type"))
	return status.Error(codes.InvalidArgument, "the metadata of an event must have type and content-type")
}

func (s set) appendTooLarge(limit int) error {
	s(metadata.Pairs("exception", "maximum-append-size-exceeded", "maximum-append-size", strconv.Itoa(limit)))
	return status.Errorf(codes.InvalidArgument, "the append is larger than %d bytes", limit)
}

func (s set) appendTooMany(events, limit int) error {
	s(metadata.Pairs("exception", "maximum-append-size-exceeded", "maximum-append-size", strconv.Itoa(limit)))
	return status.Errorf(codes.InvalidArgument, "the append has too many events: of those, %d can be appended at once", events)
}

// trailer is a text as a trailer can carry it, which takes only printable ASCII.
func trailer(text string) string {
	for _, c := range []byte(text) {
		if c < ' ' || c > '~' {
			return url.PathEscape(text)
		}
	}
	return text
}

// malformed refuses what no client of ours sends. Real servers answer Unknown.
func malformed(what string) error { return status.Error(codes.Unknown, what) }

// failure is what a client is told of an error. What it is not told is logged.
func (n *Node) failure(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errClosing):
		return status.Error(codes.Unavailable, "the node is shutting down")
	case errors.Is(err, errUnwritable):
		return status.Error(codes.Unavailable, err.Error())
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return status.FromContextError(err).Err()
	}
	if _, ok := status.FromError(err); ok {
		return err
	}
	n.log.Error("event node: a call failed", "error", err)
	return status.Error(codes.Internal, "the store failed")
}
