package eventnode

import (
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// proposalFrom is the append that its options ask for, without its events.
func proposalFrom(o *streams.AppendReq_Options, trailers set) (proposal, error) {
	a := proposal{stream: string(o.GetStreamIdentifier().GetStreamName())}
	if o == nil {
		return a, malformed("an append begins with its options")
	}
	if err := writable(a.stream, trailers); err != nil {
		return a, err
	}
	switch expected := o.GetExpectedStreamRevision().(type) {
	case *streams.AppendReq_Options_Any:
		a.expected = anyRevision
	case *streams.AppendReq_Options_NoStream:
		a.expected = noStream
	case *streams.AppendReq_Options_StreamExists:
		a.expected = streamExists
	case *streams.AppendReq_Options_Revision:
		a.expected = exactly(expected.Revision)
	default:
		return a, status.Error(codes.InvalidArgument, "an append says what it expects of its stream")
	}
	return a, nil
}

// exactly is the expectation of a revision. The largest number there is means none, and
// no stream gets near those before it.
func exactly(revision uint64) int64 {
	if revision == math.MaxUint64 {
		return noStream
	}
	return int64(min(revision, math.MaxInt64))
}

// proposedEvent is an event of an append, as it was sent.
func proposedEvent(m *streams.AppendReq_ProposedMessage, trailers set) (event, error) {
	if m == nil {
		return event{}, malformed("an append has events after its options")
	}
	kind, typed := m.GetMetadata()["type"]
	content, known := m.GetMetadata()["content-type"]
	if !typed || !known {
		return event{}, trailers.missingMetadata()
	}
	id, err := parseID(m.GetId())
	if err != nil || id == uuid.Nil {
		return event{}, malformed("an event needs an id")
	}
	if err := checkType(kind); err != nil {
		return event{}, misnamed(err)
	}
	return event{
		ID: id, Type: kind, JSON: content == contentJSON,
		Data: m.GetData(), Metadata: m.GetCustomMetadata(),
	}, nil
}
