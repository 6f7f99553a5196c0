package commands_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/process"
)

// late is somebody else's process, in which he is erased right before it records
// something.
func (e *estate) late(t *testing.T) *commands.Handler {
	h, _ := e.dies(never)
	h.Journal = &interrupted{h.Journal, 1, func() {
		if err := e.erase(t, e.Handler); err != nil {
			t.Error(err)
		}
	}}
	return h
}

// What comes to be recorded when he is erased by then is refused as for who was deleted,
// and nobody else is erased for it.
func TestAskedWhileErased(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(e *estate, h *commands.Handler, part contact.ID) error{
		"edit": func(e *estate, h *commands.Handler, _ contact.ID) error {
			return second(h.EditContact(e.ctx(), by, e.room, e.him, contact.Edit{Tag: []string{quill}}))
		},
		"unmerge": func(e *estate, h *commands.Handler, part contact.ID) error {
			return second(h.UnmergeContact(e.ctx(), under("out"), e.room, part, commands.Parting{}))
		},
		"absorb": func(e *estate, h *commands.Handler, _ contact.ID) error {
			return third(h.MergeContacts(e.ctx(), by, e.room, e.him, e.eve, keeping))
		},
		"be absorbed": func(e *estate, h *commands.Handler, _ contact.ID) error {
			return third(h.MergeContacts(e.ctx(), by, e.room, e.eve, e.him, keeping))
		},
		"comment": func(e *estate, h *commands.Handler, _ contact.ID) error {
			return third(h.Comment(e.ctx(), by, e.room, e.him, conversation.Comment{Comment: "late", Text: quill}))
		},
		"delete": func(e *estate, h *commands.Handler, _ contact.ID) error {
			return second(h.DeleteContact(e.ctx(), by, e.room, e.him))
		},
		"split": func(e *estate, h *commands.Handler, _ contact.ID) error {
			return third(h.SplitContact(e.ctx(), under("split"), e.room, e.him, commands.Split{Fields: []string{"email"}}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := estates["merged"](t)
			if name == "split" {
				e.clock.Add(120)
			}
			part := e.previews(t, e.him).Goes[1].ID
			if err := ask(e, e.late(t), part); !errors.Is(err, contact.ErrDeleted) {
				t.Errorf("answered %v", err)
			}
			if err := e.Stands(t.Context(), e.room, e.eve); err != nil {
				t.Errorf("eve: %v", err)
			}
			e.nothingLeft(t)
			e.gone(t, e.Handler)
		})
	}
}

// A message that is under way while its sender is erased goes to somebody new, and one
// that was quicker is gone with him; wherever in between it comes.
func TestMessageWhileErased(t *testing.T) {
	t.Parallel()
	e := estates["merged"](t)
	heard, err := e.late(t).Hear(t.Context(), by, e.room, commands.Inbound{Message: "late", Channel: "chat", Identity: quill + "him"})
	if err != nil || !heard.Created || heard.Contact == e.him || e.whose(t, "late") != heard.Contact {
		t.Errorf("it is %+v, %v", heard, err)
	}
	for n := 1; n <= whole(t, estates["merged"]); n++ {
		e := estates["merged"](t)
		var heard commands.Heard
		h, d := e.dies(never)
		d.before = func(act int) {
			if act == n {
				heard = e.house.hear(t, commands.Inbound{Message: "late " + quill, Channel: "chat", Identity: quill + "deep", Text: quill})
			}
		}
		if err := e.erase(t, h); err != nil {
			t.Fatalf("before act %d: %v", n, err)
		}
		found := ""
		for _, r := range e.journal.All(0) {
			if m, is := r.Event.(conversation.MessageReceived); is && m.Message == "late "+quill {
				found = string(contact.KeyOf(r.Stream).ID)
			}
		}
		if stands := e.Stands(t.Context(), e.room, heard.Contact) == nil; stands != (found != "") || stands && found != string(heard.Contact) {
			t.Errorf("before act %d it reached %s, who stands: %t, and is found with %q", n, heard.Contact, stands, found)
		}
		if heard.Contact == e.him {
			e.nothingLeft(t)
		}
	}
}

// Who became a part of him after he was looked at last is deleted with him and not erased,
// and can be erased by himself.
func TestNobodyElseIsErased(t *testing.T) {
	t.Parallel()
	e := estates["alone"](t)
	h, _ := e.dies(never)
	late := e.person(t, quill, "late")
	h.Journal = &interruptedAt{h.Journal, func(s domain.Stream, events []domain.Event) {
		if events[0].Kind() == (contact.Deleted{}).Kind() && contact.KeyOf(s).ID == e.him {
			e.absorb(t, e.him, late, "")
		}
	}}
	show := e.previews(t, e.him)
	if err := second(h.EraseContact(t.Context(), under("erase"), e.room, e.him, show.Token, "")); err != nil {
		t.Fatal(err)
	}
	if err := e.Stands(t.Context(), e.room, late); !errors.Is(err, contact.ErrMerged) && !errors.Is(err, contact.ErrDeleted) {
		t.Errorf("who was merged: %v", err)
	}
	if e.marked(t, quill+"him") > 0 || e.marked(t, quill+"late") == 0 {
		t.Errorf("of him there is %d, of who came late %d", e.marked(t, quill+"him"), e.marked(t, quill+"late"))
	}
	e.him = late
	if err := second(e.EraseContact(t.Context(), under("late"), e.room, late, e.previews(t, late).Token, "")); err != nil {
		t.Fatal(err)
	}
	e.nothingLeft(t)
}

// What moves on between the question and the deletion is refused, and nothing is done.
func TestErasedAsSeen(t *testing.T) {
	t.Parallel()
	for name, meddle := range map[string]func(e *estate, part contact.ID) error{
		"edited": func(e *estate, _ contact.ID) error {
			return second(e.EditContact(e.ctx(), by, e.room, e.him, contact.Edit{Tag: []string{"vip"}}))
		},
		"less": func(e *estate, part contact.ID) error {
			return second(e.UnmergeContact(e.ctx(), by, e.room, part, commands.Parting{}))
		},
		"more": func(e *estate, _ contact.ID) error {
			return third(e.MergeContacts(e.ctx(), by, e.room, e.him, e.eve, keeping))
		},
		"elsewhere": func(e *estate, _ contact.ID) error {
			return third(e.MergeContacts(e.ctx(), by, e.room, e.eve, e.him, keeping))
		},
		"deleted": func(e *estate, _ contact.ID) error { return second(e.DeleteContact(e.ctx(), by, e.room, e.him)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := estates["merged"](t)
			part, had := e.previews(t, e.him).Goes[1].ID, e.marked(t, quill)
			h, d := e.dies(never)
			d.before = func(act int) {
				if act == 1 { // it is about to be begun
					if err := meddle(e, part); err != nil {
						t.Error(err)
					}
				}
			}
			want := map[bool]error{false: commands.ErrPreviewStale, true: contact.ErrMerged}[name == "elsewhere"]
			if err := e.erase(t, h); !errors.Is(err, want) {
				t.Errorf("answered %v", err)
			}
			if e.marked(t, quill) != had || e.kinds(e.him)["contact.deleted"] > 0 != (name == "deleted") {
				t.Error("something was done")
			}
		})
	}
}

// Who was taken out of him when he was deleted already, which his own history does not
// tell, is erased with him.
func TestWentAndIsErased(t *testing.T) {
	t.Parallel()
	e := estates["merged"](t)
	part := e.previews(t, e.him).Goes[1].ID
	h, m := e.process(journaltest.Fault{Append: 1, After: true})
	h.Journal = &interrupted{m, 1, func() {
		if _, err := e.DeleteContact(t.Context(), by, e.room, e.him); err != nil {
			t.Error(err)
		}
	}}
	if _, err := h.UnmergeContact(t.Context(), under("out"), e.room, part, commands.Parting{}); !errors.Is(err, journaltest.ErrKilled) {
		t.Fatal(err)
	}
	if err := e.erase(t, e.Handler); err != nil {
		t.Fatal(err)
	}
	e.nothingLeft(t)
	for range 2 {
		if err := second(e.EditContact(t.Context(), by, e.room, part, contact.Edit{Tag: []string{"vip"}})); !errors.Is(err, contact.ErrDeleted) {
			t.Errorf("asked of who was taken out: %v", err)
		}
		if err := third(e.MergeContacts(t.Context(), by, e.room, e.eve, part, keeping)); !errors.Is(err, contact.ErrDeleted) {
			t.Errorf("merged: %v", err)
		}
	}
	if heard := e.house.hear(t, commands.Inbound{Message: "new", Channel: "chat", Identity: quill + "part"}); !heard.Created {
		t.Errorf("a message is %+v", heard)
	}
}

// What was begun with him and broke off is brought to its end before he is erased.
func TestEraseAfterWhatBrokeOff(t *testing.T) {
	t.Parallel()
	for fault := range journaltest.Faults(6) {
		e := estates["alone"](t)
		h, _ := e.process(fault)
		_, _, _ = h.SplitContact(t.Context(), under("split"), e.room, e.him, commands.Split{Fields: []string{"country"}, Tags: []string{"again " + quill + "him"}})
		e.clock.Add(120)
		e.insists(t, e.him)
		split := process.Key{Space: e.room.ID, ID: process.ID(e.IDFor(under("split")))}.Stream()
		var p process.Process
		for _, r := range e.journal.All(0) {
			if what, is := r.Event.(process.Event); is && r.Stream == split {
				p = process.Evolve(p, what, r.Moment)
			}
		}
		if p.What != "" && p.Outcome == "" {
			t.Errorf("killed %s: it did not end", fault)
		}
		e.gone(t, e.Handler)
	}
}

// insists erases somebody, however often others are in the way.
func (e *estate) insists(t *testing.T, id contact.ID) {
	h, _ := e.dies(never)
	for n := range 100 {
		show, err := h.PreviewErasure(t.Context(), e.room, id)
		if err == nil {
			_, err = h.EraseContact(t.Context(), under(fmt.Sprint("erase ", id, n)), e.room, id, show.Token, "")
		}
		if err == nil {
			return
		}
		if !errors.Is(err, commands.ErrUnderway) && !errors.Is(err, commands.ErrPreviewStale) {
			t.Error(err)
		}
	}
	t.Error("it never is")
}

// Two who were one are erased one after the other, or at the same time: what was left of
// the one for the sake of the other goes with that one.
func TestKinErased(t *testing.T) {
	t.Parallel()
	for name, estate := range estates {
		for _, together := range []bool{false, true} {
			e := estate(t)
			if len(e.stay) == 0 {
				continue
			}
			her := e.stay[0]
			if _, _, err := e.Send(t.Context(), by, e.room, her, conversation.Send{Channel: "chat", Identity: quill + "him", Text: keeps}); err != nil {
				t.Fatal(err)
			}
			var wait sync.WaitGroup
			for _, id := range []contact.ID{e.him, her} {
				wait.Go(func() { e.insists(t, id) })
				if !together {
					wait.Wait()
				}
			}
			wait.Wait()
			for _, r := range e.journal.All(0) {
				if text := written(t, r); strings.Contains(text, quill) || strings.Contains(text, keeps) {
					t.Errorf("%s, together %t: %s", name, together, text)
				}
			}
		}
	}
}
