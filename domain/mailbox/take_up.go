package mailbox

import (
	"slices"

	"skein/domain"
)

// TakeUp notes that mail which was turned away was read again and accepted, or is
// not there any more.
type TakeUp struct {
	Folder  string
	UIDs    []uint32
	Senders int // of them, those whose sender became or met a contact
	Skipped int // of them, those that name nobody
}

func (cmd TakeUp) decide(m Mailbox) ([]Event, error) {
	if m.Connected.IsZero() {
		return nil, ErrUnknown
	}
	uids := slices.DeleteFunc(slices.Clone(cmd.UIDs), func(uid uint32) bool {
		return !slices.Contains(m.Away[cmd.Folder].UIDs, uid)
	})
	if len(uids) == 0 {
		return nil, nil
	}
	return []Event{MailTakenUp{cmd.Folder, uids, cmd.Senders, cmd.Skipped}}, nil
}

// MailTakenUp tells that mail is no longer remembered as turned away.
type MailTakenUp struct {
	Folder  string   `json:"folder"`
	UIDs    []uint32 `json:"uids"`
	Senders int      `json:"senders,omitempty"`
	Skipped int      `json:"skipped,omitempty"`
}

// Kind implements domain.Event.
func (MailTakenUp) Kind() string { return "mailbox.mail_taken_up" }

func (e MailTakenUp) evolve(m Mailbox, _ domain.Moment) Mailbox {
	away := m.Away[e.Folder]
	away.UIDs = slices.DeleteFunc(slices.Clone(away.UIDs), func(uid uint32) bool { return slices.Contains(e.UIDs, uid) })
	return m.remembering(e.Folder, away)
}
