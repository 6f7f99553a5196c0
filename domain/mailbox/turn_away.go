package mailbox

import (
	"maps"
	"slices"

	"skein/domain"
)

// MostAway is how many mails of a folder can be remembered as turned away. Beyond
// that the folder is not read further, so that none is lost.
const MostAway = 10_000

// Away is the mail of a folder that was turned away: from somebody unknown, while
// the space took no more contacts in (C0-22). It stays where it is, and is read
// again when there is room.
type Away struct {
	Validity uint32   // of the UIDs: the folder's UIDVALIDITY
	UIDs     []uint32 // in the order in which they were turned away
}

// TurnAway notes that mail was turned away. What is remembered already is so.
type TurnAway struct {
	Folder   string
	Validity uint32
	UIDs     []uint32
}

func (cmd TurnAway) decide(m Mailbox) ([]Event, error) {
	if m.Connected.IsZero() {
		return nil, ErrUnknown
	}
	known := m.Away[cmd.Folder]
	uids := slices.DeleteFunc(slices.Clone(cmd.UIDs), func(uid uint32) bool {
		return known.Validity == cmd.Validity && slices.Contains(known.UIDs, uid)
	})
	if len(uids) == 0 {
		return nil, nil
	}
	return append(m.forgetting(cmd.Folder, cmd.Validity), MailTurnedAway{cmd.Folder, cmd.Validity, uids}), nil
}

// forgetting is what follows when a folder has another UIDVALIDITY: it was made
// anew and is read from the beginning, whatever was turned away of it before.
func (m Mailbox) forgetting(folder string, validity uint32) []Event {
	away := m.Away[folder]
	if len(away.UIDs) == 0 || away.Validity == validity {
		return nil
	}
	return []Event{MailTakenUp{Folder: folder, UIDs: away.UIDs}}
}

// MailTurnedAway tells that mail was not accepted into the space.
type MailTurnedAway struct {
	Folder   string   `json:"folder"`
	Validity uint32   `json:"validity"`
	UIDs     []uint32 `json:"uids"`
}

// Kind implements domain.Event.
func (MailTurnedAway) Kind() string { return "mailbox.mail_turned_away" }

func (e MailTurnedAway) evolve(m Mailbox, _ domain.Moment) Mailbox {
	return m.remembering(e.Folder, Away{e.Validity, append(slices.Clip(m.Away[e.Folder].UIDs), e.UIDs...)})
}

// remembering is the mailbox with other mail of a folder turned away.
func (m Mailbox) remembering(folder string, away Away) Mailbox {
	m.Away = maps.Clone(m.Away)
	if m.Away == nil {
		m.Away = map[string]Away{}
	}
	if m.Away[folder] = away; len(away.UIDs) == 0 {
		delete(m.Away, folder)
	}
	return m
}
