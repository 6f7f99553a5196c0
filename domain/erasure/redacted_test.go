package erasure_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/domaintest"
	"skein/domain/erasure"
)

// two is a contact behind which there were two people, the other of whom is erased.
func two() *journal {
	j := &journal{length: map[domain.Stream]uint64{}}
	j.create("ada", contact.Created{Origin: contact.ByMail, Says: map[contact.Slot]string{
		"first_name": "Ada", "email": "us@example.org", "#tea": "on", "@email:us@example.org": "on", "@email:eve@example.org": "on",
	}})
	j.record(conversation.Stream(key("ada")), conversation.MessageReceived{Message: "1", Channel: "email", Identity: "eve@example.org", Text: "It is me, Eve.", At: domaintest.Monday})
	j.record(conversation.Stream(key("ada")), conversation.MessageReceived{Message: "2", Channel: "email", Identity: "us@example.org", Text: "It is me, Ada.", At: domaintest.Monday})
	said := map[contact.Slot]string{"email": "us@example.org", "#tea": "on", "@email:eve@example.org": "on"}
	j.happen("ada", contact.Split{Into: "eve", Says: said, Identities: []contact.Identity{{Channel: "email", Of: "eve@example.org"}}})
	j.create("eve", contact.Created{Origin: contact.BySplit, Says: said, Of: "ada"})
	j.happen("eve", contact.InteractionsTaken{From: []contact.ID{"ada"}, Identities: []contact.Identity{{Channel: "email", Of: "eve@example.org"}}})
	return j
}

func (j *journal) erased(id contact.ID) map[domain.Stream][]domain.Recorded {
	j.happen(id, contact.Deleted{})
	for s, mark := range erasure.Marks([]contact.ID{id}, j.live) {
		j.record(s, mark)
	}
	return erasure.Redacted([]contact.ID{id}, j.live, hide)
}

func (j *journal) is(t *testing.T, told map[domain.Stream][]domain.Recorded, of domain.Stream, want ...domain.Event) {
	t.Helper()
	var is []domain.Event
	for _, r := range told[of] {
		is = append(is, r.Event)
	}
	if diff := cmp.Diff(want, is); diff != "" {
		t.Errorf("%s reads otherwise: %s", of, diff)
	}
}

// What went to somebody who was split off and is erased is said nowhere any more, also not
// by whom it came from; and that one's own messages stay.
func TestSplitOffIsErased(t *testing.T) {
	t.Parallel()
	j := two()
	told := j.erased("eve")
	hidden := []contact.Identity{{Channel: "email", Of: hide("eve@example.org")}}
	j.is(t, told, "contact-lab.ada",
		contact.Created{Origin: contact.ByMail, Says: map[contact.Slot]string{"first_name": "Ada", "email": "", "@email:us@example.org": "on"}},
		contact.Split{Into: "eve", Says: map[contact.Slot]string{"email": ""}, Identities: []contact.Identity{}},
		contact.Redacted{To: []contact.ID{"eve"}},
	)
	j.is(t, told, "conversation-lab.ada",
		conversation.MessageReceived{Message: conversation.MessageID(hide("1")), Channel: "email", Identity: hide("eve@example.org"), At: domaintest.Monday},
		conversation.MessageReceived{Message: "2", Channel: "email", Identity: "us@example.org", Text: "It is me, Ada.", At: domaintest.Monday},
		conversation.Redacted{},
	)
	j.is(t, told, "contact-lab.eve",
		contact.Created{Origin: contact.BySplit, Says: map[contact.Slot]string{"email": ""}, Of: "ada"},
		contact.InteractionsTaken{From: []contact.ID{"ada"}, Identities: hidden},
		contact.Deleted{}, contact.Redacted{},
	)
}

// What somebody says again that had gone is theirs: it stays, and so does what others have.
func TestHasAgain(t *testing.T) {
	t.Parallel()
	j := two()
	again := contact.Edited{Says: map[contact.Slot]string{"email": "us@example.org", "#tea": "on"}}
	j.happen("ada", again)
	told := j.erased("eve")
	j.is(t, told, "contact-lab.ada",
		contact.Created{Origin: contact.ByMail, Says: map[contact.Slot]string{"first_name": "Ada", "email": "us@example.org", "#tea": "on", "@email:us@example.org": "on"}},
		contact.Split{Into: "eve", Says: map[contact.Slot]string{"email": "us@example.org", "#tea": "on"}, Identities: []contact.Identity{}},
		again,
		contact.Redacted{To: []contact.ID{"eve"}, But: []contact.Slot{"#tea", "email"}},
	)
}

// Tags and identities that went to others since are theirs.
func TestGaveToOthersSince(t *testing.T) {
	t.Parallel()
	j := two()
	j.happen("ada", contact.Edited{Says: map[contact.Slot]string{"#tea": "on"}}, contact.Split{Into: "kit", Says: map[contact.Slot]string{"#tea": "on"}})
	j.create("kit", contact.Created{Origin: contact.BySplit, Says: map[contact.Slot]string{"#tea": "on"}, Of: "ada"})
	j.happen("kit", contact.Edited{Says: map[contact.Slot]string{"#tea": ""}})
	told := j.erased("eve")
	mark := told["contact-lab.ada"][4].Event.(contact.Redacted)
	if diff := cmp.Diff(contact.Redacted{To: []contact.ID{"eve"}, But: []contact.Slot{"#tea"}}, mark); diff != "" {
		t.Errorf("the mark says otherwise: %s", diff)
	}
	j.is(t, told, "contact-lab.kit")
}

// Who has no kin leaves nothing behind, and there is nothing to be marked.
func TestAlone(t *testing.T) {
	t.Parallel()
	j := &journal{length: map[domain.Stream]uint64{}}
	j.create("ada", contact.Created{Origin: contact.ByHand, Says: map[contact.Slot]string{"first_name": "Ada", "#vip": "on"}})
	j.happen("ada", contact.Deleted{})
	if marks := erasure.Marks([]contact.ID{"ada"}, j.live); len(marks) > 0 {
		t.Errorf("there is to be marked: %v", marks)
	}
	told := erasure.Redacted([]contact.ID{"ada"}, j.live, hide)
	j.is(t, told, "contact-lab.ada", contact.Created{Origin: contact.ByHand, Says: map[contact.Slot]string{"first_name": ""}}, contact.Deleted{})
}

// What is said after a mark is said anew, and stays whatever is redacted later.
func TestSaidSince(t *testing.T) {
	t.Parallel()
	j := two()
	j.erased("eve")
	again := contact.Edited{Says: map[contact.Slot]string{"email": "us@example.org", "#tea": "on"}}
	j.happen("ada", again)
	told := erasure.Redacted([]contact.ID{"eve"}, j.live, hide)["contact-lab.ada"]
	if diff := cmp.Diff(domain.Event(again), told[len(told)-1].Event); diff != "" {
		t.Errorf("it reads otherwise: %s", diff)
	}
	if marks := erasure.Marks([]contact.ID{"eve"}, j.live); len(marks) > 0 {
		t.Errorf("there is more to mark: %v", marks)
	}
}
