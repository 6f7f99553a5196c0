package eventstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/commands"
	"skein/domain"
)

// Redact implements commands.Ground. First the copies are written, then the index says
// that they are told, then the events are hidden. From the index on, or where the stream
// is closed from its end on, they are told.
func (j *Journal) Redact(ctx context.Context, s domain.Stream, told []domain.Recorded, closed bool) error {
	if err := j.redact(ctx, s, told, closed); err != nil {
		return fmt.Errorf("redact %s: %w", s, err)
	}
	return nil
}

func (j *Journal) redact(ctx context.Context, s domain.Stream, told []domain.Recorded, closed bool) error {
	copies, err := j.copied(s, told)
	if err != nil {
		return err
	}
	d := redacting{Journal: j, copies: copies, r: redaction{
		Stream: string(s), Through: uint64(len(told)) - 1,
		First: told[0].Position, Last: told[len(told)-1].Position, Closed: closed,
	}}
	ended, err := d.allowed(ctx)
	if err != nil {
		return err
	}
	if err := d.keep(ctx); err != nil {
		return err
	}
	switch {
	case !closed:
		err = j.conn.truncate(ctx, string(s), d.r.length())
	case !ended:
		err = j.conn.tombstone(ctx, string(s), esdb.Revision(d.r.Through))
	}
	if err == nil && closed && !d.r.sealed {
		err = j.note(ctx, kindSealed, d.r)
	}
	if err != nil {
		return err
	}
	return j.conn.bury(ctx, string(s), d.n)
}

// redacting is a redaction under way.
type redacting struct {
	*Journal
	copies []esdb.EventData
	r      redaction
	n      int // the how-manieth of its stream
}

// allowed sees whether the stream can be redacted so, and whether it has come to its end.
func (d *redacting) allowed(ctx context.Context) (ended bool, err error) {
	last, err := d.conn.newest(ctx, d.r.Stream)
	now, failed := d.conn.look(ctx) // after it, for others may be closing it
	if failed != nil {
		return false, failed
	}
	was, again := now.inForce[d.r.Stream]
	length := was.length()
	switch {
	case errors.Is(err, ErrDeleted):
		if ended = true; !again || !d.r.Closed {
			return ended, ErrDeleted
		}
		if _, err := d.conn.newest(ctx, was.Kept); err != nil {
			return ended, err
		}
	case err != nil:
		return false, err
	case last != nil:
		length = last.EventNumber + 1
	}
	switch told := uint64(len(d.copies)); {
	case d.r.Closed && told < length:
		return ended, commands.ErrMovedOn
	case told > length || !d.r.Closed && told == length:
		return ended, fmt.Errorf("%d events of %d are told", told, length)
	case told < was.length():
		return ended, fmt.Errorf("%d events are told, and %d were before", told, was.length())
	}
	return ended, nil
}
