package eventstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"skein/commands"
	"skein/domain"
)

// largest is what the events of one append may come to: a store does not take more,
// and the client does not tell why.
const largest = 1 << 20

// Append implements commands.Journal. An attempt whose outcome is not known is
// repeated with the same ids at the same length, which the store takes for what it
// is: nothing is recorded twice, and nothing is reported lost that was not. When
// Append fails because its time is over, the events may have been recorded or not.
func (j *Journal) Append(ctx context.Context, s domain.Stream, length uint64, by domain.By, events ...domain.Event) (domain.Position, error) {
	return record(ctx, j, s, length, by, time.Now(), events...)
}

// record appends events that the same is known of, and that are told to have been
// recorded at a time.
func record[M domain.By | domain.Metadata](
	ctx context.Context, j *Journal, s domain.Stream, length uint64, says M, at time.Time, events ...domain.Event,
) (domain.Position, error) {
	meta, err := json.Marshal(says)
	if err != nil {
		return 0, err
	}
	if j.chain != nil {
		meta = timed(meta, at)
	}
	batch, err := j.batch(meta, events)
	if err != nil {
		return 0, err
	}
	return j.send(ctx, string(s), length, batch)
}

// send appends what is encoded already, and gives it its links.
func (j *Journal) send(ctx context.Context, stream string, length uint64, batch []esdb.EventData) (domain.Position, error) {
	var last link
	if j.chain != nil && len(batch) > 0 {
		var err error
		if last, err = j.tie(ctx, stream, length, batch); err != nil {
			return 0, err
		}
	}
	var expected esdb.ExpectedRevision = esdb.NoStream{}
	if length > 0 {
		expected = esdb.Revision(length - 1)
	}
	a := appending{stream: stream, length: length, expected: expected, batch: batch}
	err := a.carryOut(ctx, j.conn)
	if is(err, esdb.ErrorCodeWrongExpectedVersion) {
		return 0, commands.ErrMovedOn
	}
	if err == nil && j.chain != nil && len(batch) > 0 {
		j.chain.ends.remember(stream, end{length + uint64(len(batch)), last})
	}
	return a.at, err
}

// batch is events as they are sent, each with an id of its own.
func (j *Journal) batch(meta []byte, events []domain.Event) ([]esdb.EventData, error) {
	batch := make([]esdb.EventData, len(events))
	for i, e := range events {
		data, err := j.codec.Encode(e)
		if err != nil {
			return nil, err
		}
		id, err := uuid.NewV7()
		if err != nil {
			return nil, err
		}
		batch[i] = esdb.EventData{EventID: id, EventType: e.Kind(), ContentType: esdb.ContentTypeJson, Data: data, Metadata: meta}
	}
	return batch, nil
}

// appending is an append on its way through its attempts.
type appending struct {
	stream   string
	length   uint64 // of the stream, unless it may have any
	expected esdb.ExpectedRevision
	batch    []esdb.EventData

	unsure bool // an attempt may have taken effect
	cutOff int  // attempts that ended while they were sent
	at     domain.Position
}

// carryOut makes as many attempts as it takes.
func (a *appending) carryOut(ctx context.Context, conn *Connection) error {
	size := 0
	for _, e := range a.batch {
		size += len(e.Data) + len(e.Metadata) + 2*len(e.EventType)
	}
	if size > largest {
		return fmt.Errorf("%w: %d bytes of %d", ErrTooLarge, size, largest)
	}
	err := conn.call(ctx, a.attempt)
	switch {
	case is(err, esdb.ErrorCodeStreamDeleted):
		return ErrDeleted
	case err != nil:
		return fmt.Errorf("append to %s: %w", a.stream, err)
	}
	return nil
}

// cutOffs is how often in a row an append may end while it is sent. The client then
// keeps the reason to itself; if it was the store that does not want these events it
// will not want them the next time.
const cutOffs = 3

func (a *appending) attempt(ctx context.Context, client *esdb.Client) error {
	done, err := a.try(ctx, client)
	switch {
	case err == nil && (done.CommitPosition > 0 || len(a.batch) == 0 || a.expected == esdb.Any{}):
		a.at = domain.Position(done.CommitPosition)
		return nil
	case err == nil:
		return a.find(ctx, client, errors.New("the store does not say where it recorded the events"))
	case is(err, esdb.ErrorCodeWrongExpectedVersion) && a.unsure:
		return a.find(ctx, client, err)
	case !passing(err):
		return err
	}
	a.unsure = true
	if !errors.Is(err, io.EOF) {
		a.cutOff = 0
	} else if a.cutOff++; a.cutOff == cutOffs {
		return errors.New("the store did not take the events and did not say why")
	}
	return err
}

// try makes one attempt.
func (a *appending) try(ctx context.Context, client *esdb.Client) (_ *esdb.WriteResult, err error) {
	defer guard(&err)
	return client.AppendToStream(ctx, a.stream, esdb.AppendToStreamOptions{ExpectedRevision: a.expected}, a.batch...)
}

// find looks for the events where an earlier attempt would have recorded them. It
// returns otherwise when others are there, or none.
func (a *appending) find(ctx context.Context, client *esdb.Client, otherwise error) error {
	found := 0
	err := receive(ctx, client, streamFrom(a.stream, a.length, uint64(len(a.batch))), func(e *esdb.RecordedEvent) bool {
		if e.EventID != a.batch[found].EventID {
			return false
		}
		found++
		a.at = domain.Position(e.Position.Commit)
		return true
	})
	if err == nil && found < len(a.batch) {
		return otherwise
	}
	return err
}
