package imapsync

import (
	"testing"

	"github.com/emersion/go-imap/v2"
)

// D4-7: what the server states comes before what a name suggests.
func TestUses(t *testing.T) {
	t.Parallel()
	var folders []Folder
	for _, f := range []imap.ListData{
		{Mailbox: "inbox", Delim: '/'},
		{Mailbox: "Sent", Delim: '/'},
		{Mailbox: "Gone", Delim: '/', Attrs: []imap.MailboxAttr{imap.MailboxAttrSent}},
		{Mailbox: "Trash", Attrs: []imap.MailboxAttr{imap.MailboxAttrNoSelect}},
		{Mailbox: "[Mail]/Deleted Items", Delim: '/'},
		{Mailbox: "INBOX.Entwürfe", Delim: '.'},
		{Mailbox: "Drafts", Delim: '.'},
		{Mailbox: "Sent/Junk", Delim: '.'},
		{Mailbox: "Everything", Attrs: []imap.MailboxAttr{imap.MailboxAttrHasNoChildren, imap.MailboxAttrAll}},
	} {
		folders = append(folders, folder(&f))
	}
	guessUses(folders)
	for i, want := range []Use{Inbox, "", Sent, "", Trash, Drafts, "", "", All} {
		if folders[i].Use != want {
			t.Errorf("%s is for %q, want %q", folders[i].Path, folders[i].Use, want)
		}
	}
}
