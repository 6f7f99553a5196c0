package eventnode

import (
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// Backup copies the store as it is at one moment, with everything that was answered
// before, into a folder that must not exist yet. The node serves on meanwhile. A node
// that is started there goes on from that moment.
func (n *Node) Backup(dir string) error {
	s := n.store()
	err := s.unlessTrouble(func() error { return s.db.Checkpoint(dir, pebble.WithFlushedWAL()) })
	if err != nil {
		return fmt.Errorf("back the event store up to %s: %w", dir, err)
	}
	return nil
}
