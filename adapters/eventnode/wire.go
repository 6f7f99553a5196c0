package eventnode

import (
	"encoding/binary"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// Events are by far the most of what the node sends, so their messages are written
// straight from the record. All field numbers here are those of streams.ReadResp.

// open begins a message within a message; shut ends it. Its length is not known
// until then, so it takes as many bytes as the longest can.
func open(b []byte, field protowire.Number) (_ []byte, at int) {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return append(b, 0, 0, 0, 0), len(b) + 4
}

func shut(b []byte, at int) {
	n := len(b) - at
	b[at-4], b[at-3], b[at-2], b[at-1] = byte(n)|0x80, byte(n>>7)|0x80, byte(n>>14)|0x80, byte(n>>21)&0x7f
}

func appendVarint(b []byte, field protowire.Number, n uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), n)
}

func appendBytes[T string | []byte](b []byte, field protowire.Number, v T) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return append(protowire.AppendVarint(b, uint64(len(v))), v...)
}

// appendReadResp appends the ReadResp that delivers an event, reached by a link if
// that is not nil. The target of a link may be missing.
func appendReadResp(b []byte, e, link *event) []byte {
	b, resp := open(b, 1)
	original := e
	if e != nil {
		b = appendRecorded(b, 1, *e)
	}
	if link != nil {
		b = appendRecorded(b, 2, *link)
		original = link
	}
	b = appendVarint(b, 3, original.Position)
	shut(b, resp)
	return b
}

func appendRecorded(b []byte, field protowire.Number, e event) []byte {
	b, recorded := open(b, field)
	b, id := open(b, 1)
	b, structured := open(b, 1)
	b = appendVarint(b, 1, binary.BigEndian.Uint64(e.ID[:8]))
	b = appendVarint(b, 2, binary.BigEndian.Uint64(e.ID[8:]))
	shut(b, structured)
	shut(b, id)
	b, stream := open(b, 2)
	b = appendBytes(b, 3, e.Stream)
	shut(b, stream)
	b = appendVarint(b, 3, uint64(e.Revision))
	b = appendVarint(b, 4, e.Position)
	b = appendVarint(b, 5, e.Position)
	b = appendEntry(b, "type", e.Type)
	b = appendEntry(b, "created", strconv.FormatInt(e.Created, 10))
	b = appendEntry(b, "content-type", e.contentType())
	b = appendBytes(b, 7, e.Metadata)
	b = appendBytes(b, 8, e.Data)
	shut(b, recorded)
	return b
}

// appendCheckpoint appends the ReadResp that says how far a subscription has looked.
func appendCheckpoint(b []byte, position uint64) []byte {
	b, checkpoint := open(b, 3)
	b = appendVarint(appendVarint(b, 1, position), 2, position)
	shut(b, checkpoint)
	return b
}

// appendEntry appends an entry of the metadata of a recorded event.
func appendEntry(b []byte, key, value string) []byte {
	b, entry := open(b, 6)
	b = appendBytes(appendBytes(b, 1, key), 2, value)
	shut(b, entry)
	return b
}

// Content types that events have.
const (
	contentJSON   = "application/json"
	contentBinary = "application/octet-stream"
)

func (e event) contentType() string {
	if e.JSON {
		return contentJSON
	}
	return contentBinary
}
