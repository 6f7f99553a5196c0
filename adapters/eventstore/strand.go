package eventstore

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// paged is how many events of a redacted stream are read ahead: many may be on their way
// at the same time.
const paged = 32

// strand is a redacted stream on its way into a reading.
type strand struct {
	redaction
	at   domain.Position       // of the next event, or before it
	page []*esdb.RecordedEvent // those read ahead
	next uint64                // the revision behind them
}

// turn reads ahead what lies behind a position.
func (s *strand) turn(ctx context.Context, c *Connection, after domain.Position) error {
	for len(s.page) == 0 && s.next < s.length() {
		err := c.copies(ctx, s.redaction, s.next, paged, func(e *esdb.RecordedEvent) bool {
			s.next = e.EventNumber + 1
			if domain.Position(e.Position.Commit) > after {
				s.page = append(s.page, e)
			}
			return true
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// strands are a heap by position.
type strands []*strand

func (s strands) Len() int           { return len(s) }
func (s strands) Less(i, k int) bool { return s[i].at < s[k].at }
func (s strands) Swap(i, k int)      { s[i], s[k] = s[k], s[i] }

// Push implements heap.Interface.
func (s *strands) Push(x any) { *s = append(*s, x.(*strand)) }

// Pop implements heap.Interface.
func (s *strands) Pop() any {
	last := len(*s) - 1
	popped := (*s)[last]
	*s = (*s)[:last]
	return popped
}
