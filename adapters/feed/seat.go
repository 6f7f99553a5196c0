package feed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/ThreeDotsLabs/watermill/message"

	"skein/domain"
	"skein/projections"
)

// seat is a follower's place in the router.
type seat struct {
	Routing
	name     string
	follower Follower
	log      *slog.Logger
	counts   *counts
}

// errUnreadable is the error of a page with an event that cannot be read.
var errUnreadable = errors.New("an event cannot be read")

// follow reads what of a page concerns the follower, and hands it over.
func (s *seat) follow(m *message.Message) error {
	page, err := s.read(Frame(m.Payload))
	if err != nil {
		return err
	}
	if err := s.follower.Follow(m.Context(), page); err != nil {
		return err
	}
	s.counts.followed(page)
	return nil
}

// read is the page in a frame, without the events that do not concern the follower.
func (s *seat) read(frame Frame) (page projections.Page, err error) {
	if page.End, err = frame.End(); err != nil {
		return page, err
	}
	var says domain.Metadata
	var meta []byte // what says is read from
	for l, err := range frame.Lines() {
		if err != nil {
			return page, err
		}
		if !s.follower.Concerns(l.Stream) {
			continue
		}
		if len(page.Events) == 0 {
			s.counts.oldest.Store(l.At.UnixNano())
		}
		if said := unlinked(l.Metadata); meta == nil || !bytes.Equal(meta, said) {
			says = domain.Metadata{}
			if err := json.Unmarshal(l.Metadata, &says); err != nil {
				return page, unreadable(l, err)
			}
			meta = said
		}
		e, err := s.Codec.Decode(l.Kind, l.Data)
		if err != nil {
			return page, unreadable(l, err)
		}
		page.Events = append(page.Events, domain.Recorded{
			Event: e, Stream: l.Stream, Revision: l.Revision,
			Moment: domain.Moment{Position: l.Position, At: says.At(l.At), By: says.By},
		})
	}
	return page, nil
}

// ownWords begin what metadata say last: a hash of its own for each event, and before it
// the time of its appender.
var ownWords = [][]byte{[]byte(`,"chain":"`), []byte(`,"at":"`)}

// unlinked is metadata without the hash and what is before it for its sake, so that those
// of the same request are alike.
func unlinked(meta []byte) []byte {
	rest, ends := bytes.CutSuffix(meta, []byte("}"))
	for _, word := range ownWords {
		i := bytes.LastIndex(rest, word)
		if !ends || i < 0 || bytes.IndexByte(rest[i+len(word):], '"') != len(rest)-i-len(word)-1 {
			break
		}
		rest = rest[:i]
	}
	if len(rest) == len(meta)-1 {
		return meta
	}
	return rest
}

func unreadable(l Line, err error) error {
	return fmt.Errorf("%w: event %d of %s: %w", errUnreadable, l.Revision, l.Stream, err)
}
