package eventnode

import (
	"fmt"
	"math"
)

// checkedEvents is how many of the last events are checked at the start.
const checkedEvents = 256

// check reads the last writes again, each with its place in its stream, and is the
// position of the last event.
func (s *store) check() (last uint64, err error) {
	seen := 0
	for e, err := range s.events(0, math.MaxUint64, true) {
		if err != nil {
			return 0, fmt.Errorf("check the last writes: %w", err)
		}
		last = max(last, e.Position)
		h, err := s.head(e.Stream, e.Position)
		if err != nil {
			return 0, fmt.Errorf("check the last writes: %w", err)
		}
		found, ok, err := s.event(h.number, e.Revision, e.Position)
		if err != nil {
			return 0, fmt.Errorf("check the last writes: %w", err)
		}
		if !ok || found.ID != e.ID {
			return 0, fmt.Errorf("check the last writes: the event at %d is not found as %d@%s", e.Position, e.Revision, e.Stream)
		}
		if seen++; seen == checkedEvents {
			break
		}
	}
	return last, nil
}
