package eventstore

import (
	"bytes"
	"encoding/base64"
	"slices"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// link is the end of a chain: a keyed hash over an event and the link before it. The
// first event of a stream has none before it; the link of an event that carries none
// counts all the same, so that the first one that is carried seals what lies before.
//
// It is made of the stream's name, the kind, the id, the data and the metadata, each as
// the store keeps it, and of whether the data is JSON. It is not made of what the store
// gives an event, its position and the time of recording, for that is not known when it is
// appended, nor of its revision, which the chain itself fixes. In place of the store's
// time, metadata say that of the appender (see timed).
//
// Metadata carry it in base64url as their last member, "chain", which is added to what is
// hashed and taken off again byte by byte. Half of HMAC-SHA256 is enough (RFC 2104,
// section 5): nobody without the key can do better than guess, and each byte would be
// paid with each event.
type link [16]byte

// Linker is the keyed hash that links are made with, over parts that are told apart.
type Linker func(parts ...[]byte) [16]byte

// chain ties the events of each stream together.
type chain struct {
	hash Linker
	ends ends
}

// Chained returns the journal with a key: each event it records carries a hash that ties
// it to all before it in its stream (see CheckChains). The journal without one records
// none. What others recorded under the same key is gone on with, so several may write.
func (j *Journal) Chained(hash Linker) *Journal {
	return &Journal{j.conn, j.codec, &chain{hash: hash}}
}

// link is the link of an event whose metadata say what they say.
func (c *chain) link(before []byte, stream string, e esdb.EventData, says []byte) link {
	parts := [...][]byte{before, []byte(stream), []byte(e.EventType), e.EventID[:], e.Data, undated(says), nil}
	if e.ContentType == esdb.ContentTypeJson {
		return c.hash(parts[:6]...)
	}
	return c.hash(parts[:]...) // what is no JSON has one part more
}

// of is the link of an event as the store has it.
func (c *chain) of(before []byte, e *esdb.RecordedEvent, says []byte) link {
	was := esdb.EventData{EventType: e.EventType, EventID: e.EventID, Data: e.Data}
	if e.ContentType == "application/json" {
		was.ContentType = esdb.ContentTypeJson
	}
	return c.link(before, e.StreamID, was, says)
}

const (
	linkBegins = `,"chain":"`
	linkEnds   = `"}`
	linkSize   = len(linkBegins) + 22 + len(linkEnds)
)

// written is base64url in which no two texts mean the same.
var written = base64.RawURLEncoding.Strict()

// linked is metadata with a link. They are a JSON object that is not empty.
func linked(metadata []byte, l link) []byte {
	says, _, _ := unlinked(metadata)
	text := append(make([]byte, 0, len(says)+linkSize), says...)
	text = append(text, linkBegins...)
	text = written.AppendEncode(text, l[:])
	return append(text, linkEnds...)
}

// unlinked is what metadata say beside their link, up to where that begins or they end.
func unlinked(metadata []byte) (says []byte, l link, is bool) {
	at := len(metadata) - linkSize
	if at > 0 && bytes.HasPrefix(metadata[at:], []byte(linkBegins)) && bytes.HasSuffix(metadata, []byte(linkEnds)) {
		n, err := written.Decode(l[:], metadata[at+len(linkBegins):len(metadata)-len(linkEnds)])
		if err == nil && n == len(l) {
			return metadata[:at], l, true
		}
	}
	says, ends := bytes.CutSuffix(metadata, []byte("}"))
	if !ends {
		says = append(slices.Clip(says), 0) // no JSON, and to be told from what it lacks an end to be
	}
	return says, link{}, false
}

// undated is what metadata say without the time of the first recording that a copy put
// in front (see createdIn): the journal never begins with it.
func undated(says []byte) []byte {
	rest, begins := bytes.CutPrefix(says, []byte(`{"$created":"`))
	at, rest, goesOn := bytes.Cut(rest, []byte(`",`))
	if begins && goesOn {
		if _, err := time.Parse(time.RFC3339Nano, string(at)); err == nil {
			return rest
		}
	}
	if len(says) > 0 && says[0] == '{' {
		return says[1:]
	}
	return append([]byte{0}, says...)
}
