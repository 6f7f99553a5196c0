package memory_test

import (
	"context"
	"flag"
	"iter"
	"os"
	"testing"

	"pgregory.net/rapid"

	"skein/adapters/memory"
	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
)

// TestMain has rapid try more than it does by itself, unless it is told how much.
func TestMain(m *testing.M) {
	if os.Getenv("RAPID_CHECKS") == "" {
		if err := flag.Set("rapid.checks", "500"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// Whatever is done to the journal, it is what a list of events would be.
func TestPlay(t *testing.T) {
	t.Parallel()
	journaltest.Play(t, func(*rapid.T) journaltest.Played {
		j := new(memory.Journal)
		return journaltest.Played{
			Journal: j,
			All: func(_ context.Context, after domain.Position) iter.Seq2[domain.Recorded, error] {
				return func(yield func(domain.Recorded, error) bool) {
					for _, r := range j.All(after) {
						if !yield(r, nil) {
							return
						}
					}
				}
			},
			End:       func(context.Context) (domain.Position, error) { return domain.Position(len(j.All(0))), nil },
			Tombstone: j.Tombstone, Deleted: commands.ErrTombstoned, Redact: j.Redact,
		}
	})
}
