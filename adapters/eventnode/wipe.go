package eventnode

import (
	"context"
	"time"
)

// oldLogs is more than Pebble keeps of old logs to use their files again.
const oldLogs = 8

// wipe has the files of the store contain nothing any more of what was removed: it
// merges the tables that have it with those that say it is gone, and replaces all logs.
func (s *store) wipe(ctx context.Context) error {
	s.guard.fresh.Store(true)
	defer s.guard.fresh.Store(false)
	for range oldLogs {
		if err := s.unlessTrouble(s.db.Flush); err != nil {
			return err
		}
	}
	if err := s.unlessTrouble(func() error {
		return s.db.Compact(ctx, []byte{eventKeys}, []byte{max(eventKeys, indexKeys, nameKeys) + 1}, false)
	}); err != nil {
		return err
	}
	return s.swept(ctx)
}

// swept waits until the files that are not needed any more are gone. Readers that are
// under way may need one a moment longer.
func (s *store) swept(ctx context.Context) error {
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		m := s.db.Metrics()
		if m.Table.ObsoleteCount+m.Table.ZombieCount == 0 {
			return nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// unlessTrouble does something with the store that does not return when the disk fails.
func (s *store) unlessTrouble(do func() error) error {
	trouble, err := s.guard.state()
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err = <-done:
	case <-trouble:
		_, err = s.guard.state()
	}
	return err
}
