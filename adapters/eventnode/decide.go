package eventnode

import "github.com/google/uuid"

// What an append can expect of its stream beside an exact revision.
const (
	noStream     = -1
	anyRevision  = -2
	streamExists = -4
)

// verdict is what becomes of an append.
type verdict int

const (
	write        verdict = iota // its events are to be written
	already                     // they were, earlier
	wrongVersion                // the stream is not as expected
	deleted                     // the stream is no more
)

// past is what an append is judged by.
type past struct {
	last        int64 // the revision of the stream's last event, -1 if there is none
	tombstoned  bool
	softDeleted bool
	described   bool // it has metadata

	// lately finds the revision that an event of this stream has which was written not long ago.
	lately func(id uuid.UUID) (int64, bool)
	// at is the id of the event with a revision of this stream.
	at func(revision int64) (uuid.UUID, bool)
}

// decide says what becomes of an append of events with these ids and, if they were
// written already, the revision of the last.
func decide(p past, expected int64, ids []uuid.UUID) (verdict, int64) {
	if p.tombstoned {
		return deleted, p.last
	}
	if expected == streamExists {
		if p.softDeleted {
			return deleted, p.last
		}
		if p.last < 0 && !p.described {
			return wrongVersion, p.last
		}
	}
	switch {
	case expected == anyRevision || expected == streamExists:
		return p.decideAnywhere(ids)
	case expected < p.last:
		return p.decideBefore(expected, ids)
	case expected > p.last:
		return wrongVersion, p.last
	}
	return write, p.last
}

// decideAnywhere judges an append that may go anywhere in the stream: it is a
// repetition when all of its events are known, and nonsense when only the first are.
func (p past) decideAnywhere(ids []uuid.UUID) (verdict, int64) {
	last := p.last
	for i, id := range ids {
		revision, known := p.lately(id)
		switch {
		case known:
			last = revision
		case i == 0:
			return write, p.last
		default:
			return wrongVersion, p.last
		}
	}
	if len(ids) == 0 {
		return write, p.last
	}
	return already, last
}

// decideBefore judges an append to a revision that the stream has passed: it can only
// be a repetition of what stands there.
func (p past) decideBefore(expected int64, ids []uuid.UUID) (verdict, int64) {
	for i, id := range ids {
		revision := expected + 1 + int64(i)
		if there, ok := p.at(revision); ok && there == id {
			continue
		}
		if i == 0 && expected == noStream && p.softDeleted {
			return write, p.last
		}
		return wrongVersion, p.last
	}
	if len(ids) == 0 {
		return wrongVersion, p.last
	}
	return already, expected + int64(len(ids))
}
