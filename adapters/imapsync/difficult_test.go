package imapsync

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"

	"skein/adapters/imapsync/dovecottest"
)

// senders are ways to write who a mail is from, all of which say ada@example.com.
var senders = []string{
	"From: ada@example.com", "From: <ADA@EXAMPLE.COM>", "from: ada@example.com", "FROM : ada@example.com",
	`From: "Lovelace, Ada" <ada@example.com>`, "From: =?utf-8?B?QWTDpA==?= <ada@example.com>",
	"From: =?utf-8?Q?Ad=C3=A4,_Countess?= <ada@example.com>", "From: =?x-unknown?Q?Ad=E4?= <ada@example.com>",
	"From: Ad\xe4 <ada@example.com>", "From: Adä <ada@example.com>", "From: \xff\xfe <ada@example.com>",
	"From: ada@example.com (Ada)", "From: Ada\r\n <ada@example.com>", "From: Ada\r\n\t\r\n\t<ada@example.com>",
	"From: Office: ada@example.com;", "From: Ada <ada@example.com>, Bob <bob@example.com>", "From: Ada <ada@example.com",
	"From: Ada <<ada@example.com>>", "From: Ada [x] <ada@example.com>", "From: Ada @ Work <ada@example.com>",
	"From: nonsense\r\nSender: ada@example.com", "Sender: ada@example.com", "From: undisclosed:;\r\nSender: ada@example.com",
	"Reply-To: eve@example.com\r\nFrom: ada@example.com", "From: ada@example.com\r\nFrom: eve@example.com",
	"From: mailto:ada@example.com", "From: Ada ada@example.com", " From: ada@example.com",
}

// contents are bodies, with the fields that go with them.
var contents = []string{
	"\r\nText\r\n", "", "\r\n", "Content-Type: text/plain; charset=utf-8\r\n\r\nGrüße\r\n",
	"Content-Type: text/plain; charset=x-unknown\r\nContent-Transfer-Encoding: x-unknown\r\n\r\n\xff\xfe\r\n",
	"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n!!! not base64 !!!\r\n",
	"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: x\r\n\r\ntwo\r\n",
	"Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nno boundary\r\n--b--\r\n",
	"Content-Type: multipart/mixed; boundary=\"\r\n\r\n--b\r\n",
	"Content-Type: message/rfc822\r\n\r\nFrom: eve@example.com\r\n\r\nnested\r\n",
	"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n", 500),
	"Content-Type: a/b; c*0*=utf-8''%ff; c*1=\xff; c=d; c=e\r\n\r\n.\r\n..\r\n.\r\n",
	"X-Long: " + strings.Repeat("x", 20000) + "\r\nSubject: " + strings.Repeat("(", 5000) + "\r\n\r\n" + strings.Repeat("y", 5000),
	"Date: never\r\nMessage-ID:\r\nReferences: <<>>>\r\nTo: ,;<>\r\nCc: \"\r\nSubject: =?utf-8?q?=?=\r\n\r\n",
	"To: " + strings.Repeat("bob@example.com, ", 1500) + "\r\n\r\n",
}

// D4-6, D4-8: hundreds of mails that somebody got wrong: every one is read, in
// order, with its sender, and stays unseen.
func TestDifficultMail(t *testing.T) {
	t.Parallel()
	server := dovecottest.Start(t)
	ada := server.Account(t, "ada")
	total := 0
	for _, from := range senders {
		for _, content := range contents {
			total++
			raw := fmt.Sprintf("%s\r\nX-Number: %d\r\n%s", from, total, content)
			if total%2 == 0 {
				raw = strings.ReplaceAll(raw, "\r\n", "\n")
			}
			server.Deliver(t, "ada", "INBOX", []byte(raw))
		}
	}
	read := collect(t, session(t, ada), "INBOX", Cursor{}, true)
	if len(read) != total || total < 400 {
		t.Fatalf("%d of %d mails are read", len(read), total)
	}
	hashes := map[string]bool{}
	for i, m := range read {
		hashes[m.Hash] = true
		if m.UID != uint32(i+1) || m.From.Email != "ada@example.com" || m.Received.IsZero() || m.Size == 0 {
			t.Errorf("%q with %.60q is %+v", senders[i/len(contents)], contents[i%len(contents)], m)
		}
	}
	if len(hashes) != total {
		t.Errorf("%d names for %d mails", len(hashes), total)
	}

	unseen, err := outside(t, ada, "INBOX").Search(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, nil).Wait()
	if err != nil || len(unseen.AllSeqNums()) != total {
		t.Errorf("%d of %d are unseen, %v", len(unseen.AllSeqNums()), total, err)
	}
}
