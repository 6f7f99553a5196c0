package commands_test

import (
	"context"
	"errors"
	"testing"

	"skein/commands"
	"skein/domain"
)

// crowded is a journal in which others are always faster to note something in a
// conversation.
type crowded struct{ commands.Journal }

func (j crowded) Append(ctx context.Context, s domain.Stream, length uint64, by domain.By, events ...domain.Event) (domain.Position, error) {
	if s.Category() == "conversation" {
		return 0, commands.ErrMovedOn
	}
	return j.Journal.Append(ctx, s, length, by, events...)
}

// A message that others are in the way of for too long is refused so that it is sent
// again: it is nobody's fault.
func TestHearInACrowd(t *testing.T) {
	t.Parallel()
	c := coupleOf(t)
	c.Handler.Journal = crowded{c.journal}
	_, err := c.Hear(t.Context(), by, c.room, commands.Inbound{Message: "1", Channel: "chat", Identity: "ada", At: c.Now()})
	if !errors.Is(err, commands.ErrBusy) {
		t.Errorf("answered %v, want ErrBusy", err)
	}
}
