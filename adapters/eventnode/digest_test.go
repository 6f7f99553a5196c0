package eventnode

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"time"
)

// digest tells whether two things are the same.
type digest uint64

var seed = maphash.MakeSeed()

func digestOf(e event) digest {
	record := binary.BigEndian.AppendUint64(nil, e.Position)
	return digest(maphash.Bytes(seed, e.appendRecord(record)))
}

// digest is of what a stream shows, which is nothing if it never was.
func (s *store) digest(name string) (digest, error) {
	st, err := s.stream(name, tombstone)
	if err != nil || st.number == 0 {
		return 0, err
	}
	if st.tombstoned {
		return digest(maphash.String(seed, fmt.Sprintln(name, st.number, st.last, "is no more"))), nil
	}
	text := fmt.Sprintln(name, st.number, st.last, st.exists())
	for e, err := range s.eventsOf(st.number, 0, tombstone, tombstone, false) {
		if err != nil {
			return 0, err
		}
		if st.shows(e, time.Now()) {
			text += fmt.Sprintln(digestOf(e))
		}
	}
	return digest(maphash.String(seed, text)), nil
}

// shown is the digest of what all streams show.
func (s *store) shown() (all digest, err error) {
	for it, err := range s.scan([]byte{nameKeys}, []byte{nameKeys + 1}, false) {
		if err != nil {
			return 0, err
		}
		one, err := s.digest(string(it.Key()[1:]))
		if err != nil {
			return 0, err
		}
		all ^= one
	}
	return all, nil
}
