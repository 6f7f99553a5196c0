package eventnode

import (
	"iter"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
)

// followAll delivers the events of all streams after a position, and those to come.
// With a filter it also tells, every so many events and when there is nothing more for
// now, how far it has looked.
func (d *delivery) followAll(o *streams.ReadReq_Options_AllOptions, f filter) error {
	s := subscription{delivery: d, behind: true}
	switch from := o.GetAllOption().(type) {
	case *streams.ReadReq_Options_AllOptions_Position:
		s.at = min(from.Position.GetCommitPosition(), math.MaxInt64)
	case *streams.ReadReq_Options_AllOptions_End:
		s.at, s.behind = d.upTo, false
	}
	looked, told := uint64(0), s.at
	s.history = func() iter.Seq2[event, error] { return d.store().events(s.at+1, s.upTo, false) }
	s.take = func(e event) error {
		s.at = e.Position
		if f.wants(e) {
			if err := d.add(e); err != nil {
				return err
			}
		}
		if looked++; f.interval > 0 && looked%f.interval == 0 {
			d.page.add(func(b []byte) []byte { return appendCheckpoint(b, e.Position) })
			told = e.Position
		}
		return nil
	}
	s.live = func() error {
		if f.interval > 0 && s.at > told {
			d.page.add(func(b []byte) []byte { return appendCheckpoint(b, s.at) })
			told = s.at
		}
		return nil
	}
	return s.run()
}
