package mailbox

import (
	"maps"

	"skein/domain"
)

// NoteRead notes how far a folder was read, and what became of its mail.
type NoteRead struct {
	Folder   string `json:"folder"`
	Cursor   Cursor `json:"cursor"`
	Messages int    `json:"messages"` // mails read
	Senders  int    `json:"senders"`  // of them, those whose sender became or met a contact
	Skipped  int    `json:"skipped"`  // of them, those that name nobody: machine mail, mail without a sender
}

func (cmd NoteRead) decide(m Mailbox) ([]Event, error) {
	if m.Connected.IsZero() {
		return nil, ErrUnknown
	}
	if cursor, read := m.Read[cmd.Folder]; read && cursor == cmd.Cursor {
		return nil, nil
	}
	return append(m.forgetting(cmd.Folder, cmd.Cursor.Validity), FolderRead(cmd)), nil
}

// FolderRead tells how far a folder was read.
type FolderRead NoteRead

// Kind implements domain.Event.
func (FolderRead) Kind() string { return "mailbox.folder_read" }

func (e FolderRead) evolve(m Mailbox, _ domain.Moment) Mailbox {
	read := maps.Clone(m.Read)
	if read == nil {
		read = map[string]Cursor{}
	}
	read[e.Folder] = e.Cursor
	m.Read = read
	return m
}
