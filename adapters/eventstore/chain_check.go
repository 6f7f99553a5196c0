package eventstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// Checked is what CheckChains has read.
type Checked struct {
	Events  int             // of others than the store itself
	Streams int             // that they are of
	Linked  int             // events that carry a link
	Since   domain.Position // of the first of them; 0 when none does
	Cut     int             // streams whose beginning was deleted: the first event that is left is taken at its word
	Broken  int             // events that were told
}

// Broken is an event that is not what was recorded, or not where.
type Broken struct {
	Stream   domain.Stream
	Revision uint64
	Position domain.Position
	Wrong    string // a sentence that goes on from "the event"
}

// ErrNoChain is returned by a journal without a key.
var ErrNoChain = errors.New("the journal was opened without the key of its chains")

const (
	wrongLink     = "is not what was recorded, or what came before it is not"
	wrongBefore   = "does not follow what came before it: events between them are gone"
	wrongMetadata = "carries no hash, and metadata that were not recorded so"
	wrongTime     = "was given another time"
	unchained     = "carries no hash, though events recorded before it do"
	stripped      = "carries no hash, though events were recorded with one by then"
)

// NotKnown stands for a position after which all events carry a hash, where that was
// not kept.
const NotKnown domain.Position = math.MaxInt64

// CheckChains reads everything up to a position, or all in streams with the given
// prefixes, and tells broken of each event whose hash is not the one it was recorded
// with, in the order of the journal: it or its metadata were changed, moved to another
// place or stream, added without the key, or one before it is gone. So it does of one
// that is told with another time than it was recorded with. It needs the key that the
// journal was recorded under, and may run beside those who write.
//
// Events from before there were chains carry no hash. They are sealed by the first event
// of their stream that carries one, and a change of theirs is told there. All that its
// codec knows have to carry one after the given position, which has to be kept elsewhere,
// for without the key everybody can take hashes off; and, wherever that is, after the
// first event of the journal that carries one. Streams that
// were deleted, ended or cut off at their beginning are no fault, whether scavenged or
// not; where a description of the stream allows for it, its first event is taken at its
// word and what follows is checked. A stream that a copy numbered anew is told once.
//
// What cannot be seen in this way: that the last events of a stream, or whole streams,
// are missing, another position of an event, which the store gives, and a time that is
// another by less than a minute (see apart), or that of an event which carries none of
// its appender.
//
// It keeps about 100 bytes for each stream.
func (j *Journal) CheckChains(ctx context.Context, chained, until domain.Position, broken func(Broken), prefixes ...string) (Checked, error) {
	if j.chain == nil {
		return Checked{}, ErrNoChain
	}
	c := &checking{Journal: j, chained: chained, decoder: decoder{codec: j.codec}, streams: map[[16]byte]ending{}, broken: broken}
	err := j.conn.until(ctx, until, prefixes, func(e *esdb.RecordedEvent) error { return c.take(ctx, e) })
	c.done.Streams = len(c.streams)
	return c.done, err
}

// checking is a check of chains under way.
type checking struct {
	*Journal
	chained domain.Position // after it all of ours carry a link
	decoder decoder
	streams map[[16]byte]ending
	broken  func(Broken)
	done    Checked
}

// ending is how a stream ends so far.
type ending struct {
	end
	carried bool // by one of its events
}

func (c *checking) take(ctx context.Context, e *esdb.RecordedEvent) error {
	sum := sha256.Sum256([]byte(e.StreamID))
	name := [16]byte(sum[:16])
	at := c.streams[name]
	says, carried, is := unlinked(e.UserMetadata)
	c.done.Events++
	if is && c.done.Linked == 0 {
		c.done.Since = domain.Position(e.Position.Commit)
	}
	gap, before := e.EventNumber != at.length, at.link[:]
	if at.length == 0 || gap {
		before = nil
	}
	l := c.chain.of(before, e, says)
	wrong, err := "", error(nil)
	switch {
	case is:
		c.done.Linked++
		if l != carried || gap {
			wrong, err = c.doubt(ctx, e, at, gap, c.chain.of(nil, e, says) == carried)
		}
		l = carried
	default:
		wrong = c.bare(e, at)
	}
	if err != nil {
		return err
	}
	if wrong == "" && is {
		wrong = c.late(e, says)
	}
	if wrong != "" {
		c.done.Broken++
		c.broken(Broken{domain.Stream(e.StreamID), e.EventNumber, domain.Position(e.Position.Commit), wrong})
	}
	c.streams[name] = ending{end{e.EventNumber + 1, l}, at.carried || is}
	return nil
}

// bare is what is wrong with an event that carries no link.
func (c *checking) bare(e *esdb.RecordedEvent, at ending) string {
	_, ours := c.codec[e.EventType]
	ours = ours || aside(e.StreamID)
	switch {
	case at.carried || ours && c.done.Linked > 0:
		return unchained
	case ours && domain.Position(e.Position.Commit) > c.chained:
		return stripped
	case ours && !plain(e):
		return wrongMetadata
	}
	return ""
}

// late is what is wrong with the time of an event that carries a link.
func (c *checking) late(e *esdb.RecordedEvent, says []byte) string {
	metadata, err := c.decoder.read(e)
	if err == nil && redated(e, says, metadata) {
		return wrongTime
	}
	return ""
}

// plain reports whether metadata say what the journal knows to say, and nothing else.
func plain(e *esdb.RecordedEvent) bool {
	strict := json.NewDecoder(bytes.NewReader(e.UserMetadata))
	strict.DisallowUnknownFields()
	if aside(e.StreamID) {
		return strict.Decode(new(copyMetadata)) == nil && !strict.More()
	}
	return strict.Decode(new(domain.Metadata)) == nil && !strict.More()
}

// doubt is what is wrong with an event whose link does not follow the one before it. If
// its stream was cut off there that is nothing: it then follows what is not there any
// more, or begins the chain anew.
func (c *checking) doubt(ctx context.Context, e *esdb.RecordedEvent, at ending, gap, begins bool) (wrong string, err error) {
	if e.EventNumber > 0 && (gap || begins || !at.carried) {
		since := e.EventNumber
		if !at.carried {
			since = 1 // the first link seals all that shows
		}
		cut, err := c.conn.cut(ctx, e.StreamID, since)
		if err != nil {
			return "", err
		}
		if cut {
			c.done.Cut++
			return "", nil
		}
	}
	if gap {
		return wrongBefore, nil
	}
	return wrongLink, nil
}

// cut reports whether a stream does not show what came before a revision because it was
// ended, or its description says so.
func (c *Connection) cut(ctx context.Context, stream string, revision uint64) (bool, error) {
	before, err := c.event(ctx, stream, revision-1)
	if errors.Is(err, ErrDeleted) {
		return true, nil
	}
	if err != nil || before != nil {
		return false, err
	}
	described, err := c.newest(ctx, "$$"+stream)
	if errors.Is(err, ErrDeleted) {
		return true, nil
	}
	if err != nil || described == nil {
		return false, err
	}
	var hides struct {
		Before json.RawMessage `json:"$tb"`
		Count  json.RawMessage `json:"$maxCount"`
		Age    json.RawMessage `json:"$maxAge"`
	}
	err = json.Unmarshal(described.Data, &hides)
	return err == nil && (hides.Before != nil || hides.Count != nil || hides.Age != nil), nil
}
