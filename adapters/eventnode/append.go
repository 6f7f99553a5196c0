package eventnode

import (
	"errors"
	"io"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
)

// recordsPerSize is how many times its size an append can take in the store. The protocol
// counts neither names nor ids, of which half a million events without contents have many.
const recordsPerSize = 8

// streamsServer serves streams of events.
type streamsServer struct {
	streams.UnimplementedStreamsServer
	*Node
}

// Append implements streams.StreamsServer. It takes the whole request before it
// answers, for the client hears nothing while it sends.
func (n *streamsServer) Append(call streams.Streams_AppendServer) error {
	trailers := set(call.SetTrailer)
	first, err := call.Recv()
	if err != nil {
		return err
	}
	options := first.GetOptions()
	a, refused := proposalFrom(options, trailers)
	size, kept, reason := 0, 0, badRequest
	for {
		req, err := call.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if refused != nil {
			continue
		}
		var e event
		if e, refused = proposedEvent(req.GetProposedMessage(), trailers); refused != nil {
			continue
		}
		if size += len(e.Data) + len(e.Metadata) + 2*len(e.Type); size > n.maxAppendSize {
			refused, reason, a.events = trailers.appendTooLarge(n.maxAppendSize), badSize, nil
			continue
		}
		if kept += e.recordSize() + len(a.stream); kept > recordsPerSize*n.maxAppendSize {
			refused, reason, a.events = trailers.appendTooMany(len(a.events), n.maxAppendSize), badSize, nil
			continue
		}
		a.events = append(a.events, e)
	}
	if refused != nil {
		n.counts.refuse(reason)
		return refused
	}
	a.now = time.Now()
	out, err := n.writer().change(call.Context(), a.decide)
	n.counts.appended(out, err, len(a.events), size, time.Since(a.now))
	switch {
	case err != nil:
		return n.failure(err)
	case out.verdict == deleted:
		return trailers.streamDeleted(a.stream)
	case out.verdict == wrongVersion:
		return call.SendAndClose(wrongVersionResp(options, out))
	}
	return call.SendAndClose(appendedResp(out))
}

// proposal is an append that waits for its decision.
type proposal struct {
	stream   string
	expected int64
	events   []event
	now      time.Time
}

// decide writes the events of the append if they may be written.
func (a proposal) decide(l *ledger) (outcome, error) {
	st, err := l.stream(a.stream)
	if err != nil {
		return outcome{}, err
	}
	ids := make([]uuid.UUID, len(a.events))
	for i, e := range a.events {
		ids[i] = e.ID
	}
	verdict, last := decide(l.past(st, &err), a.expected, ids)
	if err != nil {
		return outcome{}, err
	}
	out := outcome{verdict: verdict, last: last}
	switch verdict {
	case already:
		e, ok, err := l.store.event(st.number, last, l.position)
		if ok && st.shows(e, a.now) {
			out.position = e.Position
		}
		return out, err
	case write:
		return a.write(l, st)
	}
	return out, err
}

// write records the events. That brings a deleted stream back to life, and so does a
// new description of it.
func (a proposal) write(l *ledger, st *stream) (outcome, error) {
	base := st
	if of, ok := described(a.stream); ok && len(a.events) > 0 {
		var err error
		if base, err = l.stream(of); err != nil {
			return outcome{}, err
		}
	}
	if st.softDeleted() {
		if err := l.undelete(st, nil, a.now); err != nil {
			return outcome{}, err
		}
	}
	err := l.record(st, a.now, a.events...)
	out := outcome{verdict: write, last: st.last, position: l.position}
	if err == nil && base != st && base.softDeleted() {
		err = l.undelete(base, a.events[len(a.events)-1].Data, a.now)
	}
	return out, err
}
