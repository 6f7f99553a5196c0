package eventnode

import (
	"iter"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
)

// followStream delivers the events of a stream after a revision, and those to come.
// The stream need not exist yet; when it is ended for ever, so is the subscription.
func (d *delivery) followStream(o *streams.ReadReq_Options_StreamOptions) error {
	name := string(o.GetStreamIdentifier().GetStreamName())
	st, err := d.store().stream(name, d.upTo)
	if err != nil {
		return err
	}
	if st.tombstoned {
		return d.deleted(name)
	}
	revision := int64(-1) // of the last event looked at
	s := subscription{delivery: d, behind: true}
	switch from := o.GetRevisionOption().(type) {
	case *streams.ReadReq_Options_StreamOptions_Revision:
		revision = revisionOf(from.Revision)
	case *streams.ReadReq_Options_StreamOptions_End:
		revision = st.last
		s.at, s.behind = d.upTo, false
	}
	s.history = func() iter.Seq2[event, error] {
		return func(yield func(event, error) bool) {
			if st, err = d.store().stream(name, s.upTo); err != nil {
				yield(event{}, err)
				return
			}
			from, now := max(revision+1, st.lowest()), time.Now()
			d.store().eventsOf(st.number, from, tombstone, s.upTo, false)(func(e event, err error) bool {
				if err == nil && !st.shows(e, now) {
					revision = e.Revision
					return true
				}
				return yield(e, err)
			})
		}
	}
	s.take = func(e event) error {
		if e.Stream != name || e.Revision <= revision {
			return nil
		}
		revision = e.Revision
		if err := d.add(e); err != nil || revision != tombstone {
			return err
		}
		if err := d.page.send(d.call); err != nil {
			return err
		}
		return d.deleted(name)
	}
	return s.run()
}
