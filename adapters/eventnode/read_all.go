package eventnode

import (
	"iter"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
)

// readAll sends up to count events of all streams. It begins with the event at the
// position asked for, or backwards with the one before it.
func (d *delivery) readAll(o *streams.ReadReq_Options_AllOptions, f filter, backwards bool, count uint64) error {
	from, through := uint64(1), d.upTo
	switch at := o.GetAllOption().(type) {
	case *streams.ReadReq_Options_AllOptions_Position:
		commit := at.Position.GetCommitPosition()
		if backwards {
			through = min(through, max(commit, 1)-1)
		} else {
			from = max(from, commit)
		}
	case *streams.ReadReq_Options_AllOptions_End:
		if !backwards {
			return nil
		}
	default:
		if backwards {
			return nil
		}
	}
	rest := func() iter.Seq2[event, error] { return d.store().events(from, through, backwards) }
	return d.pages(rest, func(e event) (bool, error) {
		if backwards {
			through = e.Position - 1
		} else {
			from = e.Position + 1
		}
		if count == 0 || !f.wants(e) {
			return count > 0, nil
		}
		count--
		return count > 0, d.add(e)
	})
}
