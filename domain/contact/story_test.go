package contact_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/domaintest"
)

func errCode(code string) error { return domain.Refuse(domain.Invalid, code, "") }

// story gathers what happens to contacts, in the order of the journal.
type story []domain.Recorded

func (s *story) happen(to contact.ID, e contact.Event) {
	in := contact.Key{Space: "lab", ID: to}.Stream()
	*s = append(*s, domain.Recorded{Event: e, Stream: in, Revision: s.length(in), Moment: domaintest.Moment(len(*s))})
}

// talk is an interaction with a contact.
func (s *story) talk(with contact.ID, e conversation.Event) {
	in := conversation.Stream(contact.Key{Space: "lab", ID: with})
	*s = append(*s, domain.Recorded{Event: e, Stream: in, Revision: s.length(in), Moment: domaintest.Moment(len(*s))})
}

func (s story) length(in domain.Stream) (n uint64) {
	for _, r := range s {
		if r.Stream == in {
			n++
		}
	}
	return n
}

// family is all contacts of the story.
func (s story) family() (f contact.Family) {
	for _, r := range s {
		f.Tell(r)
	}
	return f
}

func (s story) texts(id contact.ID) map[contact.Slot]string { return texts(contact.Replay(id, s)) }

func texts(c contact.Contact) map[contact.Slot]string {
	says := map[contact.Slot]string{}
	for slot, v := range c.Values {
		if v.Text != "" {
			says[slot] = v.Text
		}
	}
	return says
}

func is(t *testing.T, got, want map[contact.Slot]string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("told otherwise (-want +got):\n%s", diff)
	}
}
