package imapsync

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// identify names a mail by what it is and not by where it lies (D4-9): copies in
// several folders, and in several mailboxes that received it, have one name,
// though relays wrote different traces into their headers. Mail of one
// Message-ID with another content has another name. Without a Message-ID the
// whole header counts: to take one mail for two is better than to lose one.
//
// The size of the body stands for the content, for only headers are read. Names
// are SHA-256 in hex and kept for ever: what goes into them never changes.
func identify(h header, raw []byte, size int64) string {
	sum := sha256.New()
	add := func(value []byte) {
		sum.Write(binary.BigEndian.AppendUint64(nil, uint64(len(value))))
		sum.Write(value)
	}
	if len(ids(h.text("message-id"))) == 0 {
		add(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")))
	}
	for _, name := range []string{"message-id", "date", "from", "to", "cc", "subject"} {
		add([]byte(h.text(name)))
	}
	if len(raw) < mostHeader {
		size -= int64(len(raw))
	}
	add(binary.BigEndian.AppendUint64(nil, uint64(size)))
	return hex.EncodeToString(sum.Sum(nil))
}
