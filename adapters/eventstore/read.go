package eventstore

import (
	"context"
	"errors"
	"io"
	"iter"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// Read implements commands.Journal. A reading that is interrupted goes on behind the
// last event it has yielded.
func (j *Journal) Read(ctx context.Context, s domain.Stream, from uint64) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		decode := decoder{codec: j.codec}
		r := reading{conn: j.conn, stream: string(s), next: from}
		r.each = func(e *esdb.RecordedEvent) bool { return yield(decode.recorded(e)) }
		err := r.run(ctx)
		j.passed(r.last)
		if err != nil {
			yield(domain.Recorded{}, err)
		}
	}
}

// opening begins a reading.
type opening func(context.Context, *esdb.Client) (*esdb.ReadStream, error)

// streamFrom begins to read at most count events of a stream from a revision on.
func streamFrom(stream string, from, count uint64) opening {
	return func(ctx context.Context, client *esdb.Client) (*esdb.ReadStream, error) {
		return client.ReadStream(ctx, stream, esdb.ReadStreamOptions{From: esdb.Revision(from)}, count)
	}
}

// errGoOn ends an attempt that was interrupted after it had brought something, so
// that the next one starts with fresh patience.
var errGoOn = errors.New("the reading goes on")

// read calls each with what open leads to, until there is no more or each returns
// false. When the reading is interrupted it is opened anew.
func (c *Connection) read(ctx context.Context, open func() opening, each func(*esdb.RecordedEvent) bool) error {
	for {
		err := c.call(ctx, func(ctx context.Context, client *esdb.Client) error {
			brought := false
			err := receive(ctx, client, open(), func(e *esdb.RecordedEvent) bool {
				brought = true
				return each(e)
			})
			if brought && passing(err) {
				return errGoOn
			}
			return err
		})
		switch {
		case errors.Is(err, errGoOn):
		case is(err, esdb.ErrorCodeStreamDeleted):
			return ErrDeleted
		default:
			return err
		}
	}
}

// receive makes one attempt at a reading. A stream that is not there is empty.
func receive(ctx context.Context, client *esdb.Client, open opening, each func(*esdb.RecordedEvent) bool) error {
	events, err := begin(ctx, client, open)
	if err != nil {
		return err
	}
	defer events.Close()
	for {
		e, err := received(events)
		switch {
		case errors.Is(err, io.EOF) || is(err, esdb.ErrorCodeResourceNotFound):
			return nil
		case err != nil:
			return err
		}
		if e := e.OriginalEvent(); e != nil && !each(e) {
			return nil
		}
	}
}

func begin(ctx context.Context, client *esdb.Client, open opening) (_ *esdb.ReadStream, err error) {
	defer guard(&err)
	return open(ctx, client)
}

func received(events *esdb.ReadStream) (_ *esdb.ResolvedEvent, err error) {
	defer guard(&err)
	return events.Recv()
}
