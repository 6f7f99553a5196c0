package eventnode

import (
	"iter"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
)

// readStream sends up to count of a stream's events, beginning with the revision asked
// for.
func (d *delivery) readStream(o *streams.ReadReq_Options_StreamOptions, backwards bool, count uint64) error {
	name := string(o.GetStreamIdentifier().GetStreamName())
	st, err := d.store().stream(name, d.upTo)
	switch {
	case err != nil:
		return err
	case st.tombstoned:
		return d.deleted(name)
	case !st.exists():
		return d.call.Send(notFound(name))
	}
	from, through := st.lowest(), st.last
	switch at := o.GetRevisionOption().(type) {
	case *streams.ReadReq_Options_StreamOptions_Revision:
		if backwards {
			through = min(through, revisionOf(at.Revision))
		} else {
			from = max(from, revisionOf(at.Revision))
		}
	case *streams.ReadReq_Options_StreamOptions_End:
		if !backwards {
			from = st.last + 1
		}
	default:
		if backwards {
			through = 0
		}
	}
	now := time.Now()
	rest := func() iter.Seq2[event, error] {
		return d.store().eventsOf(st.number, from, through, d.upTo, backwards)
	}
	return d.pages(rest, func(e event) (bool, error) {
		if backwards {
			through = e.Revision - 1
		} else {
			from = e.Revision + 1
		}
		if count == 0 || !st.shows(e, now) {
			return count > 0, nil
		}
		count--
		return count > 0, d.add(e)
	})
}

// revisionOf is a revision that somebody asks for, which may be beyond all there can be.
func revisionOf(n uint64) int64 { return int64(min(n, tombstone-1)) }
