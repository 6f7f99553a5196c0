package commands_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/space"
)

// arrival is a message that comes, again perhaps, or something that is done to the
// contacts meanwhile.
type arrival struct {
	What       string
	From       string // an identity on the channel "chat", or an address
	Message    int    // one of those that came before, if it comes again
	One, Other int
	Alone      bool
}

var arrivals = rapid.Custom(func(t *rapid.T) arrival {
	return arrival{
		What:    rapid.SampledFrom([]string{"message", "message", "message", "again", "again", "merge", "merge", "unmerge", "unmerge", "move", "create"}).Draw(t, "what"),
		From:    rapid.SampledFrom([]string{"a", "b", "c", "d", "a@example.org", "b@example.org"}).Draw(t, "from"),
		Message: rapid.IntRange(0, 30).Draw(t, "message"),
		One:     rapid.IntRange(0, 7).Draw(t, "one"),
		Other:   rapid.IntRange(0, 7).Draw(t, "other"),
		Alone:   rapid.Bool().Draw(t, "alone"),
	}
})

func (a arrival) identity() contact.Identity {
	if len(a.From) > 1 {
		return contact.Identity{Channel: space.Mail, Of: a.From}
	}
	return contact.Identity{Channel: "chat", Of: a.From}
}

// came is what came by now.
type came struct {
	mu  sync.Mutex
	all []commands.Inbound
}

func (c *came) next(i contact.Identity) commands.Inbound {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := commands.Inbound{Message: conversation.MessageID(fmt.Sprint(len(c.all))), Channel: i.Channel, Identity: i.Of}
	c.all = append(c.all, m)
	return m
}

func (c *came) again(n int) (commands.Inbound, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.all) == 0 {
		return commands.Inbound{}, false
	}
	return c.all[n%len(c.all)], true
}

// come lets it come about and returns what was heard, if it was a message.
func (h *house) come(t *rapid.T, in commands.Room, c *came, a arrival) (m commands.Inbound, heard commands.Heard) {
	ctx := t.Context()
	_, ids := families(h.journal, in.ID)
	pick := func(n int) contact.ID {
		if len(ids) == 0 {
			return "nobody"
		}
		return ids[n%len(ids)]
	}
	var err error
	switch a.What {
	case "message", "again":
		before, any := c.again(a.Message)
		if m = before; a.What == "message" || !any {
			m = c.next(a.identity())
		}
		for again := true; again; {
			heard, err = h.Hear(ctx, by, in, m)
			again = errors.Is(err, commands.ErrBusy) || errors.Is(err, domain.Refuse(0, "identifier_pending", ""))
		}
		if err != nil {
			t.Fatalf("%+v: %v", m, err)
		}
	case "merge":
		_, _, err = h.MergeContacts(ctx, by, in, pick(a.One), pick(a.Other), keeping)
	case "unmerge":
		_, err = h.UnmergeContact(ctx, by, in, pick(a.One), commands.Parting{Alone: a.Alone})
	case "move": // an identity goes to another contact by hand, if it is nobody's
		_, err = h.EditContact(ctx, by, in, pick(a.One), contact.Edit{Link: []contact.Identity{a.identity()}})
	case "create":
		_, _, err = h.CreateContact(ctx, by, in, contact.Create{Fields: map[string]string{"email": "b@example.org"}})
	}
	var refused *domain.Refusal
	if err != nil && !errors.As(err, &refused) {
		t.Fatalf("%+v: %v", a, err)
	}
	return m, heard
}

// unsound is what is wrong with messages and identities, if anything is: each message
// that came is noted once, and each identity is shown by one standing contact at most.
func (h *house) unsound(in space.ID, c *came) string {
	noted := map[conversation.MessageID]int{}
	for _, r := range h.journal.All(0) {
		if e, ok := r.Event.(conversation.MessageReceived); ok && contact.KeyOf(r.Stream).Space == in {
			noted[e.Message]++
		}
	}
	for _, m := range c.all {
		if noted[m.Message] != 1 {
			return fmt.Sprintf("%s was noted %d times", m.Message, noted[m.Message])
		}
	}
	told, ids := families(h.journal, in)
	shown := map[contact.Identity]contact.ID{}
	for _, id := range ids {
		if told.Own(id).Standing() != nil {
			continue
		}
		for _, i := range told.Told(id).Identities() {
			if other := shown[i]; other != "" {
				return fmt.Sprintf("%s and %s both have %v", other, id, i)
			}
			shown[i] = id
		}
	}
	return ""
}

// Whatever is merged and taken apart meanwhile, each message is noted once, with who
// stands for the one contact that has its identity (C4, C2-75, C2-76, D1-13, D2-9, D4-9).
func TestMessagesLaw(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		h := alone(t)
		in, c := h.laboratory(r), &came{}
		var done []string
		for _, a := range rapid.SliceOfN(arrivals, 1, 50).Draw(r, "arrivals") {
			before, ids := families(h.journal, in.ID)
			m, heard := h.come(r, in, c, a)
			done = append(done, fmt.Sprintf("%+v: %+v", a, heard))
			if wrong := h.unsound(in.ID, c); wrong != "" {
				r.Fatalf("%s after %q", wrong, done)
			}
			if m.Message == "" {
				continue
			}
			slot := contact.Identity{Channel: m.Channel, Of: m.Identity}.Slot()
			has := slices.IndexFunc(ids, func(id contact.ID) bool {
				return before.Own(before.Root(id)).Standing() == nil && before.Own(id).Values[slot].Text != ""
			})
			if has >= 0 && heard.Contact != before.Root(ids[has]) {
				r.Fatalf("%s has it, and it reached %s: %q", ids[has], heard.Contact, done)
			}
		}
	})
}

// Whatever many do at the same time, no message is lost or doubled, and no identity is
// two contacts'.
func TestMessagesAtOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		h := alone(t)
		h.Now, h.journal.Now = time.Now, nil
		h.Alone = time.Now()
		in, c := h.laboratory(r), &came{}
		var wait sync.WaitGroup
		for range 4 {
			mine := rapid.SliceOfN(arrivals, 1, 15).Draw(r, "arrivals")
			wait.Go(func() {
				for _, a := range mine {
					h.come(r, in, c, a)
				}
			})
		}
		wait.Wait()
		if wrong := h.unsound(in.ID, c); wrong != "" {
			r.Fatal(wrong)
		}
	})
}
