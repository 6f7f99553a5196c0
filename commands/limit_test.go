package commands_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"skein/adapters/memory"
	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/mailbox"
	"skein/domain/organization"
	"skein/domain/space"
)

// gate counts the contacts in a journal in memory.
type gate struct {
	journal *memory.Journal
	mu      sync.Mutex
}

func (g *gate) Admit(ctx context.Context, in space.ID, limit int, add func(context.Context) error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if standing(g.journal, in) >= limit {
		return space.ErrFull
	}
	return add(context.WithoutCancel(ctx))
}

// standing counts the contacts of a space.
func standing(j *memory.Journal, in space.ID) (n int) {
	var family contact.Family
	var ids []contact.ID
	for _, r := range j.All(0) {
		if key := contact.KeyOf(r.Stream); key.Space == in && r.Stream.Category() == "contact" {
			family.Tell(r)
			if _, begins := r.Event.(contact.Created); begins {
				ids = append(ids, key.ID)
			}
		}
	}
	for _, id := range ids {
		if family.Own(id).Standing() == nil {
			n++
		}
	}
	return n
}

// edit saves changes of the house's space as it stands.
func (h *house) edit(t *testing.T, cmd space.Edit) {
	t.Helper()
	_, length, err := h.ReadSpace(t.Context(), "engines", h.room.ID)
	if err == nil {
		_, _, err = h.EditSpace(t.Context(), by, h.room, length, cmd)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) limit(t *testing.T, most int) {
	t.Helper()
	h.whiteLabel(t, true)
	h.edit(t, space.Edit{Limit: &space.Limit{On: true, AtMost: most}})
}

func (h *house) whiteLabel(t *testing.T, on bool) {
	t.Helper()
	if _, err := h.Organization(t.Context(), by, "engines", organization.SwitchModule{Module: organization.WhiteLabel, On: on}); err != nil {
		t.Fatal(err)
	}
}

// add reports whether one more contact comes in.
func (h *house) add(t *testing.T, name string) bool {
	t.Helper()
	_, _, err := h.CreateContact(t.Context(), by, h.room, contact.Create{Fields: map[string]string{"first_name": name}})
	if err != nil && !errors.Is(err, space.ErrFull) {
		t.Fatal(err)
	}
	return err == nil
}

// A limit concerns new contacts only: it can be lowered below their number, and
// nobody goes; what leaves makes room, and so does raising it (C0-24). It lies
// dormant without the module (C0-20), and off it means none (C0-21).
func TestLimit(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	ada, eve := h.contact(t, "ada@example.org"), h.contact(t, "eve@example.org")
	h.limit(t, 2)
	if h.add(t, "Kit") {
		t.Error("a third contact came in where two are allowed")
	}
	if _, _, err := h.MergeContacts(ctx, by, h.room, ada, eve, keeping); err != nil {
		t.Fatal(err)
	}
	if !h.add(t, "Kit") || h.add(t, "Tom") {
		t.Error("a merge makes room for one")
	}
	if _, err := h.UnmergeContact(ctx, by, h.room, eve, commands.Parting{}); err != nil {
		t.Errorf("an unmerge is no intake (D2-6): %v", err)
	}
	h.edit(t, space.Edit{Limit: &space.Limit{On: true, AtMost: 1}})
	if n := standing(h.journal, h.room.ID); n != 3 || h.add(t, "Tom") {
		t.Errorf("%d contacts stand", n)
	}
	h.whiteLabel(t, false)
	if !h.add(t, "without the module") {
		t.Error("the limit does not lie dormant")
	}
	h.whiteLabel(t, true)
	if h.add(t, "Tom") {
		t.Error("the limit does not wake up")
	}
	h.edit(t, space.Edit{Limit: &space.Limit{AtMost: 1}})
	if !h.add(t, "off") {
		t.Error("off is a limit")
	}
}

// An import says of each row that came too late that it did (C0-24), and a row that
// is refused for another reason takes nobody's place.
func TestImportWithinLimit(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.limit(t, 3)
	rows := []commands.ImportRow{{Line: 1, Fields: map[string]string{"email": "no address"}}}
	for i := range 20 {
		rows = append(rows, commands.ImportRow{Line: i + 2, Fields: map[string]string{"email": fmt.Sprintf("c%d@example.org", i)}})
	}
	codes := map[string]int{}
	_, err := h.ImportContacts(t.Context(), by, h.room, slices.Values(rows), func(done commands.Imported) {
		if done.Err == nil {
			codes["created"]++
		} else {
			codes[done.Err.Code]++
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"created": 3, "value_invalid": 1, "contact_limit_reached": 17}, codes); diff != "" {
		t.Error(diff)
	}
}

// Mail from somebody unknown is turned away when the space is full, and noted; who is
// known is heard (C0-22, C0-23). When there is room it is read again, and nothing
// is lost or counted twice.
func TestMailBeyondLimit(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	ada := h.contact(t, "ada@example.org")
	h.limit(t, 2)
	server := post{mails: []commands.Mailed{
		{Identity: "1", Email: "eve@example.org", At: monday},
		{Identity: "2", Email: "kit@example.org", At: monday},
		{Identity: "3", Email: "tom@example.org", At: monday},
		{Identity: "4", Email: "ada@example.org", At: monday},
		{Identity: "5", Email: "kit@example.org", At: monday},
		{Identity: "6", Machine: true},
		{Identity: "7", Email: "zoe@example.org", At: monday},
	}}
	h.Mail, h.Seal = server, open{}
	id, _, err := h.ConnectMailbox(ctx, by, h.room, "", account, "secret")
	if err != nil {
		t.Fatal(err)
	}
	key := mailbox.Key{Space: h.room.ID, ID: id}
	read := func() (box mailbox.Mailbox, senders int) {
		t.Helper()
		if err := h.ReadMailbox(ctx, key, "INBOX"); err != nil {
			t.Fatal(err)
		}
		for r, err := range h.journal.Read(ctx, key.Stream(), 0) {
			if err != nil {
				t.Fatal(err)
			}
			switch e := r.Event.(type) {
			case mailbox.FolderRead:
				senders += e.Senders
			case mailbox.MailTakenUp:
				senders += e.Senders
			}
			box = mailbox.Evolve(box, r.Event.(mailbox.Event), r.Moment)
		}
		return box, senders
	}
	box, senders := read()
	if diff := cmp.Diff(map[string]mailbox.Away{"INBOX": {Validity: 1, UIDs: []uint32{2, 3, 5, 7}}}, box.Away); diff != "" {
		t.Errorf("turned away others:\n%s", diff)
	}
	if box.Read["INBOX"].UID != 7 || senders != 2 || standing(h.journal, h.room.ID) != 2 || !h.told(ada).LastInteraction.Equal(monday) {
		t.Errorf("read up to %v, %d senders, ada was heard %v", box.Read, senders, h.told(ada).LastInteraction)
	}
	before := len(h.journal.All(0))
	if read(); len(h.journal.All(0)) != before {
		t.Errorf("reading a full space again wrote %v", h.journal.All(domain.Position(before)))
	}

	h.limit(t, 3)
	server.mails[6].Identity = gone
	box, senders = read()
	if diff := cmp.Diff(map[string]mailbox.Away{"INBOX": {Validity: 1, UIDs: []uint32{3}}}, box.Away); diff != "" || senders != 4 {
		t.Errorf("%d senders, and remembered others:\n%s", senders, diff)
	}
	if _, err := h.DeleteContact(ctx, by, h.room, ada); err != nil {
		t.Fatal(err)
	}
	if box, senders = read(); len(box.Away) != 0 || senders != 5 || standing(h.journal, h.room.ID) != 3 {
		t.Errorf("at last %d senders, and remembered %v", senders, box.Away)
	}
	if err := h.Receive(ctx, by, h.room, commands.Mailed{Identity: "8", Email: "new@example.org", At: monday}); !errors.Is(err, space.ErrFull) {
		t.Errorf("received: %v", err)
	}
}

// A folder is read no further when too much of it was turned away to be remembered.
func TestMailBeyondMemory(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	h.limit(t, 0)
	server := post{}
	for i := range mailbox.MostAway + 10 {
		server.mails = append(server.mails, commands.Mailed{Identity: fmt.Sprint(i), Email: fmt.Sprintf("c%d@example.org", i), At: monday})
	}
	h.Mail, h.Seal = server, open{}
	id, _, err := h.ConnectMailbox(ctx, by, h.room, "", account, "secret")
	if err != nil {
		t.Fatal(err)
	}
	key := mailbox.Key{Space: h.room.ID, ID: id}
	for range 2 {
		if err := h.ReadMailbox(ctx, key, "INBOX"); err != nil {
			t.Fatal(err)
		}
	}
	var box mailbox.Mailbox
	for r, err := range h.journal.Read(ctx, key.Stream(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		box = mailbox.Evolve(box, r.Event.(mailbox.Event), r.Moment)
	}
	if away := len(box.Away["INBOX"].UIDs); away != mailbox.MostAway || box.Read["INBOX"].UID != mailbox.MostAway {
		t.Errorf("%d are remembered, and it was read up to %v", away, box.Read)
	}
	h.edit(t, space.Edit{Limit: &space.Limit{}})
	if err := h.ReadMailbox(ctx, key, "INBOX"); err != nil {
		t.Fatal(err)
	}
	met := 0
	for _, r := range h.journal.All(0) {
		if _, ok := r.Event.(contact.Created); ok {
			met++
		}
	}
	if met != mailbox.MostAway+10 {
		t.Errorf("%d of %d senders were met", met, mailbox.MostAway+10)
	}
}
