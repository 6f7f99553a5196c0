package eventstore_test

import (
	"testing"

	"skein/commands/journaltest"
)

func TestArchive(t *testing.T) {
	target := start(t, t.TempDir()).Target()
	journaltest.RunArchive(t, func(t *testing.T) journaltest.Archive { return open(t, target) })
}
