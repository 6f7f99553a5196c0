package eventstore_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc64"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/adapters/eventstore"
	"skein/domain"
)

// checksum is what is left of events that came one after the other.
type checksum struct {
	events int
	sum    uint64
}

var table = crc64.MakeTable(crc64.ECMA)

func (c *checksum) add(position uint64, stream string, revision uint64) {
	b := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, position), revision)
	c.events, c.sum = c.events+1, crc64.Update(c.sum, table, append(b, stream...))
}

// follower subscribes to the journal again whenever the subscription is lost, behind
// the last event that came.
type follower struct {
	mu            sync.Mutex
	at            domain.Position
	told          checksum
	back          error // an event that came after a later one
	subscriptions int
	moved         chan struct{} // told when it has come further
}

func (f *follower) follow(ctx context.Context, conn *eventstore.Connection) {
	for ctx.Err() == nil {
		f.mu.Lock()
		f.subscriptions++
		after := f.at
		f.mu.Unlock()
		conn.Subscribe(ctx, after, f.arrived)
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (f *follower) arrived(e *esdb.SubscriptionEvent) {
	if e.EventAppeared == nil {
		return
	}
	r := e.EventAppeared.OriginalEvent()
	f.mu.Lock()
	defer f.mu.Unlock()
	if at := domain.Position(r.Position.Commit); at > f.at {
		f.at = at
	} else if f.back == nil {
		f.back = fmt.Errorf("told of %d after %d", at, f.at)
	}
	if !strings.HasPrefix(r.StreamID, "$") {
		f.told.add(r.Position.Commit, r.StreamID, r.EventNumber)
	}
	select {
	case f.moved <- struct{}{}:
	default:
	}
}

// until waits until the follower has come to a position, and returns what it was told
// of since it was last asked.
func (f *follower) until(t *testing.T, end domain.Position) checksum {
	t.Helper()
	late := time.After(time.Minute)
	for {
		f.mu.Lock()
		at, back, told := f.at, f.back, f.told
		if at >= end {
			f.told = checksum{}
		}
		f.mu.Unlock()
		switch {
		case back != nil:
			t.Error(back)
			return told
		case at >= end:
			return told
		}
		select {
		case <-f.moved:
		case <-late:
			t.Errorf("after a minute still at %d of %d", at, end)
			return told
		}
	}
}
