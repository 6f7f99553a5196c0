package eventnode

import (
	"context"
	"math"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
)

// Whatever bytes come as a read or a subscription, it ends, and says nothing that the
// client would panic at.
func FuzzRead(f *testing.F) {
	stream := &streams.ReadReq_Options_Stream{Stream: &streams.ReadReq_Options_StreamOptions{
		StreamIdentifier: identifier("ada"),
		RevisionOption:   &streams.ReadReq_Options_StreamOptions_Revision{Revision: 1},
	}}
	all := &streams.ReadReq_Options_All{All: &streams.ReadReq_Options_AllOptions{
		AllOption: &streams.ReadReq_Options_AllOptions_Position{Position: &streams.ReadReq_Options_Position{CommitPosition: 2}},
	}}
	few := &streams.ReadReq_Options_Count{Count: 3}
	follow := &streams.ReadReq_Options_Subscription{Subscription: &streams.ReadReq_Options_SubscriptionOptions{}}
	kinds := &streams.ReadReq_Options_Filter{Filter: &streams.ReadReq_Options_FilterOptions{
		Filter:                       &streams.ReadReq_Options_FilterOptions_EventType{EventType: &streams.ReadReq_Options_FilterOptions_Expression{Regex: "^s"}},
		Window:                       &streams.ReadReq_Options_FilterOptions_Max{Max: 3},
		CheckpointIntervalMultiplier: 1,
	}}
	for _, o := range []*streams.ReadReq_Options{
		{StreamOption: stream, CountOption: few, ResolveLinks: true},
		{StreamOption: stream, CountOption: few, ReadDirection: streams.ReadReq_Options_Backwards},
		{StreamOption: stream, CountOption: follow},
		{StreamOption: all, CountOption: few, ReadDirection: streams.ReadReq_Options_Backwards},
		{StreamOption: all, CountOption: follow, FilterOption: kinds},
	} {
		f.Add(encoded(&streams.ReadReq{Options: o}))
	}
	node := fuzzing(f)
	f.Fuzz(func(t *testing.T, request []byte) {
		var req streams.ReadReq
		if decoded(request, &req) != nil {
			return
		}
		n := node.node(t)
		if n.tail.last() == 0 {
			n.tell(t)
		}
		waits := soon(t)
		ctx, leave := context.WithCancel(waits)
		defer leave()
		call := &readCall{call: call{ctx: ctx}, leave: leave}
		err := n.Read(&req, call)
		if waits.Err() != nil {
			t.Fatal("the read hangs")
		}
		o := req.GetOptions()
		if o.GetSubscription() == nil {
			sayOnlyEvents(t, call.said, o.GetCount())
		} else if err == nil || len(call.said) > 0 && call.said[0].GetConfirmation() == nil {
			t.Fatalf("a subscription ended with %v and said %v", err, call.said)
		}
		inOrder(t, o, call.said)
	})
}

// tell has the node hold some of everything.
func (n *streamsServer) tell(t *testing.T) {
	for range 5 {
		n.speak(t, "ada")
		n.speak(t, "grace")
		n.speak(t, "alan")
		n.speak(t, "$$alan")
	}
	if _, err := n.Delete(t.Context(), &streams.DeleteReq{Options: &streams.DeleteReq_Options{
		StreamIdentifier: identifier("grace"), ExpectedStreamRevision: &streams.DeleteReq_Options_Any{Any: &shared.Empty{}},
	}}); err != nil {
		t.Fatal(err)
	}
}

// sayOnlyEvents sees that a read brings what the client takes, and no more of it than
// was asked for.
func sayOnlyEvents(t *testing.T, said []*streams.ReadResp, count uint64) {
	t.Helper()
	for i, m := range said {
		if m.GetEvent() == nil && m.GetStreamNotFound() == nil {
			t.Fatalf("said %v", m)
		}
		if m.GetEvent() != nil && uint64(i) >= count {
			t.Fatalf("said %d things to somebody who wants %d", len(said), count)
		}
	}
}

// inOrder sees that events come in the order asked for.
func inOrder(t *testing.T, o *streams.ReadReq_Options, said []*streams.ReadResp) {
	t.Helper()
	backwards := o.GetReadDirection() == streams.ReadReq_Options_Backwards && o.GetSubscription() == nil
	last := uint64(0)
	if backwards {
		last = math.MaxUint64
	}
	for _, m := range said {
		e := m.GetEvent()
		if e == nil {
			continue
		}
		at := e.GetCommitPosition()
		if at == last || (at < last) != backwards {
			t.Fatalf("the event at %d came after the one at %d", at, last)
		}
		last = at
	}
}
