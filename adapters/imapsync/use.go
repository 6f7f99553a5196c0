package imapsync

import (
	"strings"

	"github.com/emersion/go-imap/v2"
)

// Use says what a folder is for.
type Use string

// The uses of folders (RFC 6154 §2), and that of the inbox. "" is any other.
const (
	Inbox   Use = "inbox"
	Sent    Use = "sent"
	Drafts  Use = "drafts"
	Trash   Use = "trash"
	Junk    Use = "junk"
	Archive Use = "archive"
	All     Use = "all"
)

// useOf is the use that the server states.
func useOf(f *imap.ListData) Use {
	if strings.EqualFold(f.Mailbox, "INBOX") {
		return Inbox
	}
	for _, attr := range f.Attrs {
		switch attr {
		case imap.MailboxAttrSent:
			return Sent
		case imap.MailboxAttrDrafts:
			return Drafts
		case imap.MailboxAttrTrash:
			return Trash
		case imap.MailboxAttrJunk:
			return Junk
		case imap.MailboxAttrArchive:
			return Archive
		case imap.MailboxAttrAll:
			return All
		}
	}
	return ""
}

// guessUses goes by the names of folders for each use that the server states of
// none (D4-7). The first folder with a fitting name has the use.
func guessUses(folders []Folder) {
	taken := map[Use]bool{}
	for _, f := range folders {
		taken[f.Use] = true
	}
	for i, f := range folders {
		use := guess(f)
		if f.Use == "" && f.Selectable && use != "" && !taken[use] {
			folders[i].Use = use
			taken[use] = true
		}
	}
}

func guess(f Folder) Use {
	name := f.Path
	if f.Delimiter != "" {
		parts := strings.Split(name, f.Delimiter)
		name = parts[len(parts)-1]
	}
	switch strings.ToLower(name) {
	case "sent", "sent items", "sent messages", "sent mail", "gesendet", "gesendete elemente", "gesendete objekte",
		"éléments envoyés", "enviados", "elementos enviados", "posta inviata", "отправленные":
		return Sent
	case "drafts", "draft", "entwürfe", "brouillons", "borradores", "bozze", "черновики":
		return Drafts
	case "trash", "deleted items", "deleted messages", "bin", "papierkorb", "gelöschte elemente", "gelöschte objekte",
		"corbeille", "papelera", "cestino", "удаленные", "корзина":
		return Trash
	case "junk", "junk e-mail", "junk email", "spam", "bulk mail", "spamverdacht", "courrier indésirable", "спам":
		return Junk
	case "archive", "archives", "archiv", "archivo", "archivio", "архив":
		return Archive
	case "all mail", "alle nachrichten", "tous les messages":
		return All
	}
	return ""
}
