package commands_test

import (
	"testing"

	"skein/commands"
	"skein/domain/conversation"
)

// What came by somebody's identity while he was a part of another one, and was left there
// when he was taken out, stays there when he is erased, and the preview says so (C2-75).
func TestErasureLeavesWhatWasLeft(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.Hash = sum
	h.channel(t, "chat", "")
	say := func(id conversation.MessageID, of string) commands.Heard {
		return h.hear(t, commands.Inbound{Message: id, Channel: "chat", Identity: of})
	}
	ada, lord := say("1", "ada").Contact, say("2", "lord").Contact
	h.merge(t, ada, lord)
	say("3", "lord")
	say("4", "ada")
	if _, err := h.UnmergeContact(t.Context(), by, h.room, lord, commands.Parting{}); err != nil {
		t.Fatal(err)
	}
	show, err := h.PreviewErasure(t.Context(), h.room, lord)
	if err != nil || len(show.Stays) != 1 || show.Stays[0].Left != 1 || show.Stays[0].Interactions != 0 {
		t.Fatalf("%+v, %v", show, err)
	}
	if _, err := h.EraseContact(t.Context(), by, h.room, lord, show.Token, ""); err != nil {
		t.Fatal(err)
	}
	if show, err = h.PreviewErasure(t.Context(), h.room, ada); err != nil || show.Goes[0].Interactions != 3 || show.Stays[0].Left != 0 {
		t.Errorf("%+v, %v", show, err)
	}
}

// A message of somebody who is deleted or erased brings nobody back when it is brought
// again, also where he was a part of somebody else (D4-18). Another one does.
func TestHearOfTheGone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ erased, merged bool }{{false, false}, {true, false}, {false, true}, {true, true}} {
		h := build(t)
		h.Hash = sum
		h.channel(t, "chat", "")
		hello := commands.Inbound{Message: "1", Channel: "chat", Identity: "lord"}
		lord := h.hear(t, hello).Contact
		gone := lord
		if c.merged {
			gone = h.contact(t, "ada@example.org")
			h.merge(t, gone, lord)
			hello.Message = "2"
			h.hear(t, hello) // which is noted with her
		}
		if c.erased {
			show, err := h.PreviewErasure(t.Context(), h.room, gone)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.EraseContact(t.Context(), by, h.room, gone, show.Token, ""); err != nil {
				t.Fatal(err)
			}
		} else if _, err := h.DeleteContact(t.Context(), by, h.room, gone); err != nil {
			t.Fatal(err)
		}
		before := len(h.journal.All(0))
		for range 2 {
			if again := h.hear(t, hello); again.Created || again.Contact != lord || len(h.journal.All(0)) != before {
				t.Errorf("%+v: heard as %+v, recorded %v", c, again, h.journal.All(0)[before:])
			}
		}
		hello.Message = "3"
		if news := h.hear(t, hello); !news.Created {
			t.Errorf("%+v: what is new is heard as %+v", c, news)
		}
		before = len(h.journal.All(0))
		hello.Message = "1"
		if again := h.hear(t, hello); len(h.journal.All(0)) != before {
			t.Errorf("%+v: beside somebody new heard as %+v", c, again)
		}
	}
}
