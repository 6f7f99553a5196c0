package eventnode

import (
	"context"
	"fmt"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
)

// Delete implements streams.StreamsServer. A deleted stream reads as if it had never
// been, until it is written again; its revisions go on from where they were.
func (n *streamsServer) Delete(ctx context.Context, req *streams.DeleteReq) (*streams.DeleteResp, error) {
	position, err := n.end(ctx, req.GetOptions(), false, func(l *ledger, st *stream, now time.Time) error {
		about, err := l.stream(metaOf(st.name))
		if err != nil {
			return err
		}
		return l.record(about, now, event{
			ID: uuid.New(), Type: typeMetadata, JSON: true,
			Data: fmt.Appendf(nil, `{"$tb":%d}`, int64(gone)),
		})
	})
	if err != nil {
		return nil, err
	}
	return &streams.DeleteResp{PositionOption: &streams.DeleteResp_Position_{
		Position: &streams.DeleteResp_Position{CommitPosition: position, PreparePosition: position},
	}}, nil
}

// Tombstone implements streams.StreamsServer. A tombstoned stream can never be written
// again.
func (n *streamsServer) Tombstone(ctx context.Context, req *streams.TombstoneReq) (*streams.TombstoneResp, error) {
	position, err := n.end(ctx, req.GetOptions(), true, func(l *ledger, st *stream, now time.Time) error {
		return l.record(st, now, event{ID: uuid.New(), Type: typeTombstone, Revision: tombstone})
	})
	if err != nil {
		return nil, err
	}
	return &streams.TombstoneResp{PositionOption: &streams.TombstoneResp_Position_{
		Position: &streams.TombstoneResp_Position{CommitPosition: position, PreparePosition: position},
	}}, nil
}

// ending is what Delete and Tombstone are asked for.
type ending interface {
	GetStreamIdentifier() *shared.StreamIdentifier
	GetRevision() uint64
	GetNoStream() *shared.Empty
	GetAny() *shared.Empty
	GetStreamExists() *shared.Empty
}

// end ends a stream that is as expected, perhaps even one that never was, and is the
// position of that.
func (n *streamsServer) end(ctx context.Context, o ending, evenAbsent bool, end func(*ledger, *stream, time.Time) error) (uint64, error) {
	name, trailers := string(o.GetStreamIdentifier().GetStreamName()), trailersOf(ctx)
	if err := writable(name, trailers); err != nil {
		return 0, err
	}
	if _, ok := described(name); ok {
		return 0, trailers.accessDenied()
	}
	expected := exactly(o.GetRevision())
	switch {
	case o.GetAny() != nil:
		expected = anyRevision
	case o.GetStreamExists() != nil:
		expected = streamExists
	case o.GetNoStream() != nil:
		expected = noStream
	}
	out, err := n.writer().change(ctx, func(l *ledger) (outcome, error) {
		st, err := l.stream(name)
		if err != nil {
			return outcome{}, err
		}
		verdict, last := decide(l.past(st, &err), expected, []uuid.UUID{uuid.New()})
		switch {
		case err != nil || verdict != write:
		case st.last < 0 && !st.described && !evenAbsent:
			verdict = wrongVersion
		default:
			err = end(l, st, time.Now())
		}
		return outcome{verdict: verdict, last: last, position: l.position}, err
	})
	n.counts.decided(out, err)
	switch {
	case err != nil:
		return 0, n.failure(err)
	case out.verdict == deleted:
		return 0, trailers.streamDeleted(name)
	case out.verdict == wrongVersion:
		return 0, trailers.wrongVersion(name, expected, out.last)
	}
	return out.position, nil
}
