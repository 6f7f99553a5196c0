package eventnode

import (
	"iter"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
)

// subscription follows a stream, or all of them. It delivers what it finds in the
// store and, once that is exhausted, what it finds in the tail of the journal. It
// knows at any time up to which position it has looked, and takes the next events
// from wherever they are; so none is missed and none comes twice, and a client that
// is too slow for the tail is back in the store without noticing.
type subscription struct {
	*delivery
	at      uint64 // everything up to here was looked at
	behind  bool   // what comes next is to be found in the store
	history func() iter.Seq2[event, error]
	take    func(e event) error // looks at one event
	live    func() error        // is called when there is nothing more to deliver for now
}

// run confirms the subscription and delivers, saying when the client has seen all there is
// and when it does not any more, until the client has enough, the node
// closes, or take says that there cannot be any more.
func (s *subscription) run() error {
	err := s.say(&streams.ReadResp{Content: &streams.ReadResp_Confirmation{
		Confirmation: &streams.ReadResp_SubscriptionConfirmation{SubscriptionId: uuid.NewString()},
	}})
	caughtUp := false
	var events []event
	for err == nil {
		if s.behind {
			if caughtUp {
				caughtUp = false
				err = s.say(&streams.ReadResp{Content: &streams.ReadResp_FellBehind_{FellBehind: &streams.ReadResp_FellBehind{}}})
			} else {
				err = s.catchUp()
			}
			continue
		}
		var kept bool
		var wait <-chan struct{}
		events, kept, wait = s.tail.after(s.at, events[:0], pageEvents)
		if !kept {
			s.behind = true
			continue
		}
		if err = s.deliver(events); err != nil {
			return err
		}
		if !caughtUp && len(events) < pageEvents {
			caughtUp = true
			err = s.isLive()
			continue
		}
		if wait != nil {
			select {
			case <-wait:
			case <-s.closing:
				return errClosing
			case <-s.call.Context().Done():
				return s.call.Context().Err()
			}
		}
	}
	return err
}

// catchUp delivers what the store has by now.
func (s *subscription) catchUp() error {
	s.upTo = s.tail.last()
	err := s.pages(s.history, func(e event) (bool, error) {
		select {
		case <-s.closing:
			return false, errClosing
		default:
			return true, s.take(e)
		}
	})
	s.at, s.behind = max(s.at, s.upTo), false
	return err
}

// deliver delivers events of the tail.
func (s *subscription) deliver(events []event) error {
	defer clear(events)
	s.upTo = s.tail.last()
	for _, e := range events {
		s.at = e.Position
		if err := s.take(e); err != nil {
			return err
		}
		if s.page.full() {
			if err := s.page.send(s.call); err != nil {
				return err
			}
		}
	}
	return s.page.send(s.call)
}

// isLive tells the client that it has seen all there is.
func (s *subscription) isLive() error {
	if s.live != nil {
		if err := s.live(); err != nil {
			return err
		}
	}
	return s.say(&streams.ReadResp{Content: &streams.ReadResp_CaughtUp_{CaughtUp: &streams.ReadResp_CaughtUp{}}})
}
