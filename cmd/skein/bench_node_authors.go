package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"golang.org/x/sync/errgroup"
)

// sheet is how many bytes of data an event has that is written to measure a node.
const sheet = 300

// sheets are events like those of contacts. About half of each is the same in many of
// them, and half is like nothing else, so that they can be pressed as little as what
// people write.
var sheets = sync.OnceValue(func() []esdb.EventData {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ."
	dice := rand.New(rand.NewPCG(1, 2))
	all := make([]esdb.EventData, 4096)
	for n := range all {
		fields := person(n)
		fields["email"] = email(n)
		fields["note"] = ""
		empty, _ := json.Marshal(fields) // always has a JSON form
		note := make([]byte, sheet-len(empty))
		for i := range note {
			note[i] = letters[dice.IntN(len(letters))]
		}
		fields["note"] = string(note)
		data, _ := json.Marshal(fields)
		all[n] = esdb.EventData{EventType: "contact.edited", ContentType: esdb.ContentTypeJson, Data: data}
	}
	return all
})

// author writes streams that nobody else writes.
type author struct {
	number  uint64   // of the first stream
	step    uint64   // to the number of the next
	kind    string   // what the streams are called before their numbers
	lengths []uint32 // of the streams
	turns   int
	dice    *rand.Rand
}

// authorsOf are so many authors, whose streams have 16 bytes of name if the kind has 7.
func authorsOf(kind string, many int) []*author {
	all := make([]*author, many)
	for i := range all {
		all[i] = &author{number: uint64(i), step: uint64(many), kind: kind, dice: rand.New(rand.NewPCG(uint64(i), uint64(many)))}
	}
	return all
}

// passage is where some events are to be written.
type passage struct {
	stream string
	number uint64 // of the stream
	length uint64 // of the stream before
}

func (p passage) expected() esdb.ExpectedRevision {
	if p.length == 0 {
		return esdb.NoStream{}
	}
	return esdb.Revision(p.length - 1)
}

// begin is a new stream for so many events.
func (a *author) begin(events int) passage {
	a.lengths = append(a.lengths, 0)
	return a.goOn(len(a.lengths)-1, events)
}

func (a *author) goOn(i, events int) passage {
	number := a.number + uint64(i)*a.step
	p := passage{fmt.Sprintf("%s-%08d", a.kind, number), number, uint64(a.lengths[i])}
	a.lengths[i] += uint32(events)
	return p
}

// next is where the next event goes: one of five begins a stream, and the others go
// to any of those there are.
func (a *author) next() passage {
	if a.turns++; a.turns%5 == 1 {
		return a.begin(1)
	}
	return a.goOn(a.dice.IntN(len(a.lengths)), 1)
}

// event is the event to be written next.
func (a *author) event() esdb.EventData {
	all := sheets()
	return all[(int(a.number)*37+a.turns)%len(all)]
}

// together does things again and again for a while, each hand one after the other.
func together(ctx context.Context, hands int, d time.Duration, do func(hand int) error) (load, error) {
	var all errgroup.Group
	took := make([]times, hands)
	began := time.Now()
	for hand := range hands {
		all.Go(func() error {
			for at := time.Now(); at.Sub(began) < d && ctx.Err() == nil; {
				if err := do(hand); err != nil {
					return err
				}
				now := time.Now()
				took[hand] = append(took[hand], now.Sub(at))
				at = now
			}
			return ctx.Err()
		})
	}
	err := all.Wait()
	whole := load{over: time.Since(began), took: slices.Concat(took...)}
	if err == nil && len(whole.took) == 0 {
		err = errors.New("nothing was done")
	}
	slices.Sort(whole.took)
	return whole, err
}

// write has authors append single events for a while.
func write(ctx context.Context, client *esdb.Client, authors []*author, d time.Duration) (load, error) {
	return together(ctx, len(authors), d, func(hand int) error {
		a := authors[hand]
		to := a.next()
		_, err := client.AppendToStream(ctx, to.stream, esdb.AppendToStreamOptions{ExpectedRevision: to.expected()}, a.event())
		return err
	})
}
