package eventstore_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"skein/adapters/eventstore"
	"skein/commands/journaltest"
)

// Whatever is done to the journal, it is what a list of events would be.
func TestPlay(t *testing.T) {
	t.Parallel()
	node := start(t, t.TempDir())
	j := open(t, node.Target())
	journaltest.Play(t, func(*rapid.T) journaltest.Played {
		return journaltest.Played{
			Journal: j, All: j.All, End: j.End,
			Tombstone: j.Tombstone, Deleted: eventstore.ErrDeleted,
			Redact: j.Redact, Scavenge: func(ctx context.Context) error { _, err := node.Scavenge(ctx); return err },
		}
	})
}
