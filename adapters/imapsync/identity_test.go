package imapsync

import (
	"strings"
	"testing"
)

// D4-9: one mail has one name wherever it lies, and different mail different ones.
func TestHash(t *testing.T) {
	t.Parallel()
	const mail = "Message-ID: <1@example.com>\r\nFrom: ada@example.com\r\nDate: Mon, 2 Mar 2026 10:00:00 +0100\r\nSubject: Hello\r\n\r\n"
	hash := func(raw string, body int) string {
		m := Message{Size: int64(len(raw) + body)}
		m.read([]byte(raw))
		return m.Hash
	}
	name := hash(mail, 100)
	const traces = "Received: from here to there\r\nDelivered-To: bob@example.com\r\nX-Spam: no\r\n"
	if hash(traces+mail, 100) != name {
		t.Error("the copy in another mailbox has another name")
	}
	for what, other := range map[string]string{
		"another body":    hash(mail, 101),
		"another subject": hash(strings.Replace(mail, "Hello", "Hallo", 1), 100),
		"another writer":  hash(strings.Replace(mail, "ada", "eve", 1), 100),
		"another id":      hash(strings.Replace(mail, "1@", "2@", 1), 100),
		"another date":    hash(strings.Replace(mail, "10:00", "10:01", 1), 100),
	} {
		if other == name {
			t.Errorf("%s, and the same name", what)
		}
	}
	anonymous := strings.Replace(mail, "Message-ID", "X-ID", 1)
	if again := hash(anonymous, 100); hash(anonymous, 100) != again {
		t.Error("without an id the name is not stable")
	}
	if hash(anonymous, 100) == hash(traces+anonymous, 100) {
		t.Error("without an id the whole header has to count")
	}
}

// Names are kept for ever: one that changes makes every mail new.
func TestHashStays(t *testing.T) {
	t.Parallel()
	const want = "d1e5e96ed878dd201a45d1e60057c554290dbfd8910058ea8cc0f95f8d0feeaf"
	m := Message{Size: 1000}
	m.read([]byte("Message-ID: <1@example.com>\r\nFrom: Ada <ada@example.com>\r\nTo: bob@example.com\r\nSubject: Hello\r\n\r\n"))
	if m.Hash != want {
		t.Errorf("the name is %s, it was %s", m.Hash, want)
	}
}
