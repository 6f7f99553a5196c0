package imapsync

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"skein/adapters/imapsync/dovecottest"
)

// outside is another program on the same mailbox.
func outside(t *testing.T, a dovecottest.Account, folder string) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(fmt.Sprintf("%s:%d", a.Host, a.Port), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.Login(a.User, a.Password).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Select(folder, nil).Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

func numbered(n int) []byte {
	return fmt.Appendf(nil, "Message-ID: <%d@example.com>\r\nFrom: Ada <ada@example.com>\r\nSubject: %d\r\n\r\nText %d\r\n", n, n, n)
}

func subjects(read []Message) (s []string) {
	for _, m := range read {
		s = append(s, m.Subject)
	}
	return s
}

// D4-1: a cursor reads what is new, and only that.
func TestCursor(t *testing.T) {
	t.Parallel()
	server := dovecottest.Start(t)
	ada := server.Account(t, "ada")
	s := session(t, ada)
	if read := collect(t, s, "INBOX", Cursor{}, true); len(read) != 0 {
		t.Fatalf("%d mails in a new mailbox", len(read))
	}
	var at Cursor
	for n := range 250 {
		server.Deliver(t, "ada", "INBOX", numbered(n))
	}
	for i, m := range collect(t, s, "INBOX", at, true) {
		if m.Subject != fmt.Sprint(i) || m.UID <= at.UID || m.UIDValidity == 0 {
			t.Fatalf("mail %d is %+v", i, m)
		}
		at = m.Cursor
	}
	if at.UID != 250 {
		t.Fatalf("read up to %v", at)
	}
	if read := collect(t, s, "INBOX", at, true); len(read) != 0 { // n:* would give the last again (D4-2)
		t.Errorf("nothing is new, and yet %v", subjects(read))
	}
	server.Deliver(t, "ada", "INBOX", numbered(1000))
	server.Deliver(t, "ada", "INBOX", numbered(1001))
	if got := subjects(collect(t, s, "INBOX", at, true)); !slices.Equal(got, []string{"1000", "1001"}) {
		t.Errorf("new is %v", got)
	}
	if got := subjects(collect(t, s, "INBOX", Cursor{at.UIDValidity, 248}, true)); !slices.Equal(got, []string{"248", "249", "1000", "1001"}) {
		t.Errorf("from the middle on it is %v", got)
	}
	if read := collect(t, s, "INBOX", Cursor{at.UIDValidity, 1<<32 - 1}, true); len(read) != 0 {
		t.Errorf("behind the end is %v", subjects(read))
	}
}

// D4-3: a mailbox that was emptied goes on counting.
func TestEmptiedMailbox(t *testing.T) {
	t.Parallel()
	server := dovecottest.Start(t)
	ada := server.Account(t, "ada")
	for n := range 3 {
		server.Deliver(t, "ada", "INBOX", numbered(n))
	}
	s := session(t, ada)
	at := collect(t, s, "INBOX", Cursor{}, true)[2].Cursor

	other := outside(t, ada, "INBOX")
	everything := imap.SeqSet{{Start: 1, Stop: 0}}
	if err := other.Store(everything, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
		t.Fatal(err)
	}
	if err := other.Expunge().Close(); err != nil {
		t.Fatal(err)
	}
	if read := collect(t, s, "INBOX", at, true); len(read) != 0 {
		t.Errorf("an empty mailbox has %v", subjects(read))
	}
	server.Deliver(t, "ada", "INBOX", numbered(7))
	read := collect(t, s, "INBOX", at, true)
	if !slices.Equal(subjects(read), []string{"7"}) || read[0].UID <= at.UID {
		t.Errorf("new is %v", read)
	}
}

// D4-2: a folder made anew is read from its start, and its mail is known by Hash.
func TestRecreatedFolder(t *testing.T) {
	t.Parallel()
	server := dovecottest.Start(t)
	ada := server.Account(t, "ada")
	for n := range 3 {
		server.Deliver(t, "ada", "INBOX", numbered(n))
		server.Deliver(t, "ada", "Kunden", numbered(n))
	}
	s := session(t, ada)
	before := collect(t, s, "Kunden", Cursor{}, true)

	other := outside(t, ada, "INBOX")
	if err := other.Delete("Kunden").Wait(); err != nil {
		t.Fatal(err)
	}
	if err := other.Create("Kunden", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Copy(imap.SeqSetNum(2, 3), "Kunden").Wait(); err != nil {
		t.Fatal(err)
	}
	after := collect(t, s, "Kunden", before[2].Cursor, true)
	if len(after) != 2 || after[0].UIDValidity == before[0].UIDValidity {
		t.Fatalf("after it was made anew there is %v", after)
	}
	for i, m := range after {
		if m.Hash != before[i+1].Hash {
			t.Errorf("%s is not known again", m.Subject)
		}
	}
}

// D4-9: the copies of a mail in several folders are one mail.
func TestCopiesAreKnown(t *testing.T) {
	t.Parallel()
	server := dovecottest.Start(t)
	ada, bob := server.Account(t, "ada"), server.Account(t, "bob")
	server.Deliver(t, "ada", "INBOX", numbered(1))
	server.Deliver(t, "ada", "Archiv/2026", numbered(1))
	server.Deliver(t, "bob", "INBOX", append([]byte("Delivered-To: bob@example.com\r\n"), numbered(1)...))
	hashes := map[string]bool{}
	for _, read := range [][]Message{
		collect(t, session(t, ada), "INBOX", Cursor{}, true), collect(t, session(t, ada), "Archiv/2026", Cursor{}, true), collect(t, session(t, bob), "INBOX", Cursor{}, true),
	} {
		hashes[read[0].Hash] = true
	}
	if len(hashes) != 1 {
		t.Errorf("%d mails for one", len(hashes))
	}
}

// D4-6: what the server keeps to itself is told of, and not lost.
func TestHeaderThatIsKeptBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := says("FETCH", fetched(2, letter)+"~ OK\r\n").client().Open(t.Context(), Account{"127.0.0.1", 143, None, "ada", planted})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		read := collect(t, s, "INBOX", Cursor{}, true)
		if len(read) != 3 || read[1].Problem != "" || read[1].From.Email != "ada@example.com" {
			t.Fatalf("%+v", read)
		}
		for i, m := range []Message{read[0], read[2]} {
			if m.Problem == "" || m.Size != 500 || m.Received.IsZero() || m.Hash == "" || m.Cursor != (Cursor{7, uint32(2*i + 1)}) {
				t.Errorf("%+v", m)
			}
		}
		if read[0].Hash == read[2].Hash {
			t.Error("two mails have one name")
		}
	})
}
