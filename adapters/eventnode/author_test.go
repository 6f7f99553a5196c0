package eventnode_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
)

// authors is how many append at the same time.
const authors = 32

// author appends to streams of its own, one append after another. All that it writes
// follows from its number, so whoever knows how much of it was answered knows what must
// be there.
type author struct {
	number int
	begun  int       // appends
	last   [4]uint64 // of each of its streams how many events it has
	random *rand.Rand
}

// authorAfter is an author that has made so many appends.
func authorAfter(number, appends int) *author {
	a := &author{number: number, random: rand.New(rand.NewPCG(uint64(number), 1))}
	for range appends {
		a.next()
	}
	return a
}

// script is an append: where it goes, what it expects there and what it brings.
type script struct {
	stream string
	first  uint64 // the revision of its first event
	events []esdb.EventData
}

// expects is the exact revision that the append has to find.
func (s script) expects() esdb.ExpectedRevision {
	if s.first == 0 {
		return esdb.NoStream{}
	}
	return esdb.Revision(s.first - 1)
}

// next is the next append of the author.
func (a *author) next() script {
	which := a.random.IntN(len(a.last))
	s := script{stream: fmt.Sprint("author-", a.number, "-", which), first: a.last[which]}
	for i := range 1 + a.random.IntN(3) {
		s.events = append(s.events, esdb.EventData{
			EventID: signature(a.number, a.begun, i), EventType: "said", ContentType: esdb.ContentTypeJson,
			Data: []byte(`"` + strings.Repeat("x", a.random.IntN(400)) + `"`),
		})
	}
	if a.random.IntN(100) == 0 { // more than a block of the log
		s.events[0].Data = []byte(`"` + strings.Repeat("y", 40_000) + `"`)
	}
	a.begun++
	a.last[which] += uint64(len(s.events))
	return s
}

// signature is the id of an event, which says whose it is.
func signature(number, begun, i int) (id uuid.UUID) {
	binary.BigEndian.PutUint32(id[:], uint32(number))
	binary.BigEndian.PutUint32(id[4:], uint32(begun))
	id[8], id[15] = byte(i), 1
	return id
}
