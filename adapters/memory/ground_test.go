package memory_test

import (
	"testing"

	"skein/adapters/memory"
	"skein/commands/journaltest"
)

func TestGround(t *testing.T) {
	t.Parallel()
	j := new(memory.Journal)
	journaltest.RunGround(t, func(*testing.T) journaltest.Ground { return j }, nil)
}
