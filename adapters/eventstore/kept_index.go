package eventstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"sync"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// standing is what the index says at some time. It does not change.
type standing struct {
	length  uint64               // of the index
	inForce map[string]redaction // by stream
	closing map[string]redaction // those of which it is not known yet that their streams are tombstoned
}

// nothing is what an index says that was never looked at.
var nothing = &standing{}

// kept is what is known of the index. The zero kept knows nothing.
type kept struct {
	mu   sync.Mutex
	now  *standing
	gone map[string]bool // streams of copies that were destroyed
}

// lose notes that copies were destroyed.
func (k *kept) lose(stream string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.gone == nil {
		k.gone = map[string]bool{}
	}
	k.gone[stream] = true
}

func (k *kept) lost(stream string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.gone[stream]
}

func (k *kept) known() *standing {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.now == nil {
		return nothing
	}
	return k.now
}

// look reads what is new in the index. It is the same standing as before when that
// is nothing.
func (c *Connection) look(ctx context.Context) (*standing, error) {
	was := c.kept.known()
	now, next := was, was.length
	var unreadable error
	err := c.read(ctx, func() opening { return streamFrom(index, next, math.MaxUint64) }, func(e *esdb.RecordedEvent) bool {
		if e.EventNumber < next {
			return true
		}
		if now == was {
			now = &standing{inForce: maps.Clone(was.inForce), closing: maps.Clone(was.closing)}
		}
		next = e.EventNumber + 1
		unreadable = now.take(e)
		return unreadable == nil
	})
	if err = errors.Join(err, unreadable); err != nil {
		return nil, fmt.Errorf("index of what is kept: %w", err)
	}
	if now != was {
		now.length = next
	}
	if now, err = c.closed(ctx, now); err != nil {
		return nil, err
	}
	c.kept.mu.Lock()
	defer c.kept.mu.Unlock()
	if c.kept.now == nil || now.length > c.kept.now.length || now.length == c.kept.now.length && len(now.closing) < len(c.kept.now.closing) {
		c.kept.now = now
	}
	return c.kept.now, nil
}

// take takes an entry in.
func (s *standing) take(e *esdb.RecordedEvent) error {
	var r redaction
	if err := json.Unmarshal(e.Data, &r); err != nil || r.Stream == "" {
		return fmt.Errorf("entry %d is none: %w", e.EventNumber, err)
	}
	if e.EventType == kindRedacted && r.Closed {
		if s.closing == nil {
			s.closing = map[string]redaction{}
		}
		s.closing[r.Stream] = r
		return nil
	}
	r.sealed = r.Closed
	s.enforce(r)
	return nil
}

// enforce has a redaction hold.
func (s *standing) enforce(r redaction) {
	if s.inForce == nil {
		s.inForce = map[string]redaction{}
	}
	s.inForce[r.Stream] = r
	delete(s.closing, r.Stream)
}

// closed has those redactions hold whose streams were tombstoned since. They are few:
// those that were cut off, or are under way.
func (c *Connection) closed(ctx context.Context, s *standing) (*standing, error) {
	now := s
	for stream, r := range s.closing {
		_, err := c.newest(ctx, stream)
		if err == nil {
			continue
		}
		if !errors.Is(err, ErrDeleted) {
			return nil, err
		}
		if now == s {
			now = &standing{s.length, maps.Clone(s.inForce), maps.Clone(s.closing)}
		}
		now.enforce(r)
	}
	return now, nil
}
