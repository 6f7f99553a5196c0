package commands_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
)

// players are four contacts with addresses.
type players struct {
	*crowd
	ids []contact.ID
}

func stage(t *testing.T) *players {
	c := crowdOf(t)
	c.Hash = sum
	c.channel(t, "chat", "")
	p := &players{c, []contact.ID{c.ada, c.lord, c.eve, c.kit}}
	for i, id := range p.ids {
		c.edit(t, id, contact.Edit{Link: []contact.Identity{{Channel: "chat", Of: fmt.Sprint(i)}}, Fields: map[string]string{"first_name": fmt.Sprint(i)}})
	}
	c.clock.Add(120)
	return p
}

// deed is something that somebody asks for.
func (s *players) deed(t *rapid.T, n int) deedOf {
	ctx := context.Background()
	who := rapid.SampledFrom(s.ids)
	id := who.Draw(t, "id")
	key := under(fmt.Sprint("deed", n))
	name := func(f string, a ...any) string { return fmt.Sprintf("%d "+f, append([]any{n}, a...)...) }
	addresses := []string{"ada@example.org", "lord@example.org", "eve@example.org", "kit@example.org", "x@example.org"}
	switch step := rapid.IntRange(0, 16).Draw(t, "deed"); {
	case step <= 3:
		into := who.Draw(t, "into")
		choice := rapid.SampledFrom([]contact.Choice{contact.Survivors, contact.Absorbeds, contact.Neithers}).Draw(t, "choice")
		cmd := contact.Absorb{Choices: map[string]contact.Choice{"email": choice}}
		return deedOf{name("merge(%s, %s)", into, id), func(h *commands.Handler, _ *trio) error {
			return third(h.MergeContacts(ctx, key, s.room, into, id, cmd))
		}}
	case step == 4:
		into := who.Draw(t, "into")
		return deedOf{name("preview and merge(%s, %s)", into, id), func(h *commands.Handler, _ *trio) error {
			p, err := h.PreviewMerge(ctx, s.room, into, id, keeping)
			if err != nil {
				return err
			}
			return third(h.MergeAsPreviewed(ctx, key, s.room, into, id, keeping, p.Token))
		}}
	case step <= 8:
		how := commands.Parting{Alone: rapid.Bool().Draw(t, "alone"), Talks: rapid.SampledFrom([]contact.Talks{contact.Untouched, contact.Close}).Draw(t, "talks")}
		if r := rapid.SampledFrom([]commands.Resolution{"", commands.Move, commands.LeaveOff}).Draw(t, "resolution"); r != "" {
			how.Resolutions = map[string]commands.Resolution{"email": r}
		}
		if rapid.Bool().Draw(t, "carried") {
			how.Interactions = commands.ByIdentity
		}
		return deedOf{name("unmerge(%s) %+v", id, how), func(h *commands.Handler, _ *trio) error {
			return second(h.UnmergeContact(ctx, key, s.room, id, how))
		}}
	case step == 9:
		return deedOf{name("delete(%s)", id), func(h *commands.Handler, _ *trio) error { return second(h.DeleteContact(ctx, key, s.room, id)) }}
	case step <= 12:
		edit := mail(rapid.SampledFrom(addresses).Draw(t, "address"))
		return deedOf{name("edit(%s, %v)", id, edit.Fields), func(h *commands.Handler, _ *trio) error {
			return second(h.EditContact(ctx, key, s.room, id, edit))
		}}
	case step == 13:
		of := fmt.Sprint(rapid.IntRange(0, 4).Draw(t, "of"))
		return deedOf{name("hear(%s)", of), func(h *commands.Handler, _ *trio) error {
			return second(h.Hear(ctx, key, s.room, commands.Inbound{Message: "m" + "essage", Channel: "chat", Identity: of}))
		}}
	case step == 14:
		cmd := commands.MergeMany{Choices: map[contact.ID]map[string]contact.Choice{}}
		for _, one := range s.ids {
			if one != id && len(cmd.Absorb) < 2 {
				cmd.Absorb, cmd.Choices[one] = append(cmd.Absorb, one), keeping.Choices
			}
		}
		return deedOf{name("merge many(%s, %v)", id, cmd.Absorb), func(h *commands.Handler, _ *trio) error {
			return third(h.MergeMany(ctx, key, s.room, id, cmd))
		}}
	case step == 15:
		how := rapid.SampledFrom([]commands.Parting{{}, moving, {Resolutions: map[string]commands.Resolution{"email": commands.LeaveOff}}}).Draw(t, "how")
		return deedOf{name("undo a batch %+v", how.Resolutions), func(h *commands.Handler, _ *trio) error {
			var batch contact.MergeID
			var ids []contact.ID
			for _, r := range s.journal.All(0) { // the first, undone or not
				if e, is := r.Event.(contact.Merged); is && e.Batch != "" && (batch == "" || e.Batch == batch) {
					if batch = e.Batch; !slices.Contains(ids, contact.KeyOf(r.Stream).ID) {
						ids = append(ids, contact.KeyOf(r.Stream).ID)
					}
				}
			}
			if len(ids) < 2 {
				return nil
			}
			return second(h.UndoMerge(ctx, key, s.room, batch, ids, how))
		}}
	default:
		edit := contact.Edit{Link: []contact.Identity{{Channel: "chat", Of: fmt.Sprint(rapid.IntRange(0, 4).Draw(t, "of"))}}}
		return deedOf{name("link(%s, %v)", id, edit.Link), func(h *commands.Handler, _ *trio) error {
			return second(h.EditContact(ctx, key, s.room, id, edit))
		}}
	}
}

func (s *players) play(t *rapid.T, d deedOf, h *commands.Handler) {
	err := d.do(h, s.trio)
	var refused *domain.Refusal
	t.Logf("%s: %v", d.name, err)
	if err != nil && !errors.As(err, &refused) && !errors.Is(err, journaltest.ErrKilled) {
		t.Fatalf("%s: %v", d.name, err)
	}
}
