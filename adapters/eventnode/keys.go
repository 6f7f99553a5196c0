package eventnode

import "encoding/binary"

// The store has three kinds of keys. Numbers are big-endian, so that keys sort as
// their numbers do.
//
//	e position           the record of the event
//	s number revision    the position of an event of a stream
//	n name               the number of a stream, and the last revision of one whose events were scavenged
//
// A stream's number is the position of its first event. That its last revision is
// not kept anywhere but in the index saves a write per append.
const (
	eventKeys = 'e'
	indexKeys = 's'
	nameKeys  = 'n'
)

func eventKey(position uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{eventKeys}, position)
}

func indexKey(number uint64, revision int64) []byte {
	b := make([]byte, 1, 17)
	b[0] = indexKeys
	b = binary.BigEndian.AppendUint64(b, number)
	return binary.BigEndian.AppendUint64(b, uint64(revision))
}

func nameKey(stream string) []byte {
	return append([]byte{nameKeys}, stream...)
}

// lastNumber is the number at the end of a key.
func lastNumber(key []byte) uint64 {
	return binary.BigEndian.Uint64(key[len(key)-8:])
}
