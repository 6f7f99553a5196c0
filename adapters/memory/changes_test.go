package memory_test

import (
	"context"
	"testing"

	"skein/adapters/memory"
	"skein/commands/journaltest"
	"skein/domain"
)

func TestNews(t *testing.T) {
	t.Parallel()
	journaltest.RunNews(t, func(*testing.T) journaltest.News { return ending{new(memory.Journal)} })
}

// ending is a journal that knows where it ends.
type ending struct{ *memory.Journal }

func (e ending) End(context.Context) (domain.Position, error) {
	return domain.Position(len(e.All(0))), nil
}
