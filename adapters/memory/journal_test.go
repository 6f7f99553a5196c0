package memory_test

import (
	"testing"

	"skein/adapters/memory"
	"skein/commands"
	"skein/commands/journaltest"
)

func TestJournal(t *testing.T) {
	t.Parallel()
	journaltest.Run(t, func(*testing.T) commands.Journal { return new(memory.Journal) })
}
