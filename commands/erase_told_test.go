package commands_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// Whoever follows a space, or looks at how it was, is told of each thing that happened and
// of nothing that he was who was erased, also if they were told of it before.
func TestErasedIsToldBarely(t *testing.T) {
	t.Parallel()
	for name, estate := range estates {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := estate(t)
			showing := e.Showing
			told := &commands.Retold{Kin: func(ctx context.Context, in space.ID, id contact.ID, _ domain.Position) ([]contact.ID, error) {
				return showing.Kin(ctx, in, id)
			}}
			before := e.follows(t, told)
			if err := e.erase(t, e.Handler); err != nil {
				t.Fatal(err)
			}
			after := e.follows(t, told)
			if len(after) < len(before) {
				t.Errorf("of %d things that happened %d are told", len(before), len(after))
			}
			kin, err := e.Showing.Kin(t.Context(), e.room.ID, e.him)
			if err != nil {
				t.Fatal(err)
			}
			steps, err := e.History(t.Context(), e.room, e.him, kin, commands.Until{}, 0, 0)
			if err != nil || len(steps) == 0 {
				t.Errorf("his history has %d steps, %v", len(steps), err)
			}
			family, _, err := e.AsOf(t.Context(), e.room, e.him, kin, commands.Until{}.UpTo(steps[len(steps)/2].Position))
			if err != nil {
				t.Error(err)
			}
			for _, step := range steps {
				after = append(after, step)
			}
			for _, one := range append(after, family.Told(e.him)) {
				text, err := json.Marshal(one)
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(string(text), quill) {
					t.Errorf("it is told %s", text)
				}
			}
		})
	}
}

// follows is all that whoever follows the room is told of by now.
func (e *estate) follows(t *testing.T, told *commands.Retold) (all []any) {
	t.Helper()
	end := domain.Position(len(e.journal.All(0)))
	for c, err := range e.Changes(t.Context(), e.journal, e.room, 0, told) {
		if err != nil {
			t.Fatal(err)
		}
		if c.Stream != "" {
			all = append(all, c)
			for _, id := range c.After.IDs {
				all = append(all, c.After.Family.Told(id))
			}
		}
		if c.Position >= end {
			return all
		}
	}
	return all
}
