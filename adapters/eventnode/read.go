package eventnode

import (
	"iter"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
)

// Read implements streams.StreamsServer: reads and subscriptions, of a stream or of
// all events. Reads send nothing but events, for clients take nothing else.
func (n *streamsServer) Read(req *streams.ReadReq, call streams.Streams_ReadServer) error {
	o := req.GetOptions()
	d := &delivery{Node: n.Node, call: call, resolve: o.GetResolveLinks(), upTo: n.tail.last()}
	f, err := parseFilter(o)
	if err != nil {
		return err
	}
	backwards := o.GetReadDirection() == streams.ReadReq_Options_Backwards
	switch {
	case o.GetStream() != nil && o.GetSubscription() != nil:
		n.counts.subscriptions.Inc()
		defer n.counts.subscriptions.Dec()
		return n.failure(d.followStream(o.GetStream()))
	case o.GetStream() != nil:
		n.counts.reads.Inc()
		return n.failure(d.readStream(o.GetStream(), backwards, o.GetCount()))
	case o.GetAll() != nil && o.GetSubscription() != nil:
		n.counts.subscriptions.Inc()
		defer n.counts.subscriptions.Dec()
		return n.failure(d.followAll(o.GetAll(), f))
	case o.GetAll() != nil:
		n.counts.reads.Inc()
		return n.failure(d.readAll(o.GetAll(), f, backwards, o.GetCount()))
	}
	return malformed("a read is of a stream or of $all")
}

// delivery brings events to a client, a page at a time.
type delivery struct {
	*Node
	call    streams.Streams_ReadServer
	resolve bool   // links are resolved
	upTo    uint64 // the position that events are delivered up to
	page    page
}

// add puts an event on the page.
func (d *delivery) add(e event) error {
	target, link := &e, (*event)(nil)
	if d.resolve && e.Type == typeLink {
		t, ok, err := d.store().follow(e, d.upTo)
		if err != nil {
			return err
		}
		if ok {
			target, link = t, &e
		}
	}
	d.page.add(func(b []byte) []byte { return appendReadResp(b, target, link) })
	return nil
}

// say sends a message after what is on the page.
func (d *delivery) say(m *streams.ReadResp) error {
	if err := d.page.send(d.call); err != nil {
		return err
	}
	return d.call.Send(m)
}

// pages hands events to take until that wants no more. After each page, rest has to
// yield what take was not given yet.
func (d *delivery) pages(rest func() iter.Seq2[event, error], take func(e event) (more bool, err error)) error {
	for more := true; more; {
		more = false
		looked := 0
		for e, err := range rest() {
			if err != nil {
				return err
			}
			if again, err := take(e); err != nil {
				return err
			} else if !again {
				break
			}
			if looked++; d.page.full() || looked == pageSearch {
				more = true
				break
			}
		}
		if err := d.page.send(d.call); err != nil {
			return err
		}
		if err := d.call.Context().Err(); err != nil {
			return err
		}
	}
	return nil
}

// deleted refuses to read a stream that is no more.
func (d *delivery) deleted(stream string) error {
	return set(d.call.SetTrailer).streamDeleted(stream)
}

func notFound(stream string) *streams.ReadResp {
	return &streams.ReadResp{Content: &streams.ReadResp_StreamNotFound_{StreamNotFound: &streams.ReadResp_StreamNotFound{
		StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(stream)},
	}}}
}
