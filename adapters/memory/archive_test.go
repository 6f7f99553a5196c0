package memory_test

import (
	"testing"

	"skein/adapters/memory"
	"skein/commands/journaltest"
)

func TestArchive(t *testing.T) {
	t.Parallel()
	journaltest.RunArchive(t, func(*testing.T) journaltest.Archive { return new(memory.Journal) })
}
