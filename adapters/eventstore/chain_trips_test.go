package eventstore_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"

	"skein/commands"
	"skein/domain"
)

// tally is a server that takes everything, keeps the first event, and counts readings.
type tally struct {
	*moody
	reads atomic.Int64
}

func (s *tally) Append(call streams.Streams_AppendServer) error {
	s.moods <- func(m *moody, events proposed) (*streams.AppendResp, error) {
		if len(m.kept) == 0 {
			m.keep(events)
		}
		return accepts(m, events)
	}
	defer func() { <-s.sent }()
	return s.moody.Append(call)
}

func (s *tally) Read(r *streams.ReadReq, call streams.Streams_ReadServer) error {
	s.reads.Add(1)
	return s.moody.Read(r, call)
}

// An append costs no reading beside the one that the command makes, if any: neither at
// the beginning of a stream, nor after it was written, nor after it was read. Only who
// knows nothing of a stream reads its last event.
func TestAChainCostsNoRoundTrip(t *testing.T) {
	t.Parallel()
	const ada = domain.Stream("contact-lab.ada")
	server := &tally{moody: &moody{moods: make(chan mood, 1), sent: make(chan proposed, 1)}}
	target := serving(t, server)
	costs := func(what string, want int64) {
		t.Helper()
		if got := server.reads.Swap(0); got != want {
			t.Errorf("%s cost %d readings instead of %d", what, got, want)
		}
	}
	writes, reads := open(t, target), open(t, target)
	tells(t, writes, ada, 0, 1)
	tells(t, writes, ada, 1, 2)
	tells(t, writes, ada, 3, 1)
	costs("to write on", 0)
	for range reads.Read(t.Context(), ada, 0) {
	}
	costs("to read", 1)
	tells(t, reads, ada, 1, 1)
	costs("to write what was read", 0)
	tells(t, open(t, target), ada, 1, 1)
	costs("to write what was never read", 1)
}

// A stream that has not come to its length yet when its end is looked for may have come
// to it when the append arrives. It is no beginning.
func TestAChainDoesNotBeginWhereItsEndIsOnItsWay(t *testing.T) {
	t.Parallel()
	server := &tally{moody: &moody{moods: make(chan mood, 1), sent: make(chan proposed, 1)}}
	_, err := open(t, serving(t, server)).Append(t.Context(), "contact-lab.ada", 3, by, named("Ada"))
	if !errors.Is(err, commands.ErrMovedOn) || len(server.kept) > 0 {
		t.Errorf("%v, %d events recorded", err, len(server.kept))
	}
}
