package commands_test

import (
	"context"
	"errors"
	"testing"

	"skein/commands"
	"skein/domain/contact"
	"skein/domain/space"
)

// preceded is a Showing that others are once quicker than.
type preceded struct {
	commands.Showing
	by func()
}

func (p *preceded) Family(ctx context.Context, in space.ID, id contact.ID) (*contact.Family, error) {
	if p.by != nil {
		p.by()
		p.by = nil
	}
	return p.Showing.Family(ctx, in, id)
}

// Whoever is taken out by two at once is no unknown contact to the one who comes second,
// with all that it had absorbed or alone.
func TestTakenOutMeanwhile(t *testing.T) {
	t.Parallel()
	for _, alone := range []bool{false, true} {
		c := coupleOf(t)
		c.edit(t, c.ada, mail("lord@example.org"))
		h, _ := c.process(never)
		h.Showing = &preceded{h.Showing, func() {
			if _, err := c.UnmergeContact(t.Context(), by, c.room, c.lord, commands.Parting{Resolutions: map[string]commands.Resolution{"email": commands.LeaveOff}}); err != nil {
				t.Error(err)
			}
		}}
		how := moving
		how.Alone = alone
		if _, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, how); !errors.Is(err, commands.ErrBusy) {
			t.Errorf("alone %t: %v", alone, err)
		}
		if parted, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, how); err != nil || !parted.AlreadyReversed {
			t.Errorf("alone %t, again: %+v, %v", alone, parted, err)
		}
		c.sound(t, "taken out meanwhile")
	}
}
