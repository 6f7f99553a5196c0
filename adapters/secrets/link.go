package secrets

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
)

// Link is the hash by which an event of the journal is tied to those before it, so that
// nobody without the key can change one unnoticed. What was recorded stays tied for as
// long as it is kept, so it follows from the last key, as Hash does, by another way.
// Different parts have different links, however they are divided.
//
// It is HMAC-SHA256 (RFC 2104), cut to 128 bits: each event carries one, and whoever has
// no key can do no better than guess, once in 2¹²⁸ (section 5 of the RFC).
func (k *Keys) Link(parts ...[]byte) (link [16]byte) {
	mac := hmac.New(sha256.New, k.link)
	var length [8]byte
	for _, part := range parts {
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		mac.Write(length[:])
		mac.Write(part)
	}
	var sum [sha256.Size]byte
	copy(link[:], mac.Sum(sum[:0]))
	return link
}
