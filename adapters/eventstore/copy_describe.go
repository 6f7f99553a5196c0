package eventstore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
)

// A description says what shows of a stream; the newest counts. Stores write some of
// them by themselves, so the target may have one already that the source has under
// another id: the first description after a deletion brings the stream back, and a store
// then adds one that says so.

// content is what tells a description from others.
type content struct {
	id   uuid.UUID
	data []byte
}

// describe copies the description of a stream. Back is the stream that the event before
// brought back.
func (r *copying) describe(ctx context.Context, e *esdb.RecordedEvent, of, back string) error {
	if r.echoed(e) {
		return nil
	}
	newest, err := r.To.newest(ctx, e.StreamID)
	if errors.Is(err, ErrDeleted) {
		return nil // for ever, and what describes it with it
	}
	if err != nil {
		return err
	}
	copied, _ := again(e)
	if shift, err := r.shiftOf(ctx, of); err != nil {
		return err
	} else if shift > 0 {
		copied.Data = moved(copied.Data, shift)
	}
	if back == of && newest != nil && alike(newest.Data, copied.Data) {
		return nil // the target has brought it back, as the source did
	}
	r.done.Descriptions++
	if newest != nil && truncation(newest.Data) == gone {
		if alike(copied.Data, []byte(deletion)) {
			return r.To.delete(ctx, of) // for a description would bring it back
		}
		r.back = of
	}
	length := uint64(0)
	if newest != nil {
		length = newest.EventNumber + 1
	}
	return r.append(ctx, e.StreamID, length, []esdb.EventData{copied})
}

// echoed reports whether the target has a description from an earlier run, and forgets
// those up to it.
func (r *copying) echoed(e *esdb.RecordedEvent) bool {
	known := r.echoes[e.StreamID]
	found := slices.IndexFunc(known, func(c content) bool { return c.id == e.EventID })
	if found < 0 { // one that the target gave an id of its own
		found = slices.IndexFunc(known, func(c content) bool { return alike(c.data, e.Data) })
	}
	r.echoes[e.StreamID] = known[found+1:]
	return found >= 0
}

const (
	gone     = "9223372036854775807"
	deletion = `{"$tb":` + gone + `}`
)

// delete deletes a stream, which may be written again.
func (c *Connection) delete(ctx context.Context, stream string) error {
	err := c.call(ctx, func(ctx context.Context, client *esdb.Client) (err error) {
		defer guard(&err)
		_, err = client.DeleteStream(ctx, stream, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
		return err
	})
	if err != nil {
		return fmt.Errorf("delete %s: %w", stream, err)
	}
	return nil
}

// alike reports whether two texts are the same JSON.
func alike(a, b []byte) bool {
	return bytes.Equal(a, b) || canonical(a) != nil && bytes.Equal(canonical(a), canonical(b))
}

func canonical(text []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value map[string]any
	if d.Decode(&value) != nil || value == nil {
		return nil
	}
	same, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return same
}

// truncation is before which revision a description hides events, as it is written.
func truncation(description []byte) string {
	var said map[string]json.RawMessage
	if json.Unmarshal(description, &said) != nil {
		return ""
	}
	return string(said["$tb"])
}

// moved is a description of a stream whose revisions are lower at the target.
func moved(description []byte, shift uint64) []byte {
	var said map[string]json.RawMessage
	if json.Unmarshal(description, &said) != nil {
		return description
	}
	before, err := strconv.ParseUint(string(said["$tb"]), 10, 64)
	if err != nil || string(said["$tb"]) == gone {
		return description
	}
	said["$tb"] = strconv.AppendUint(nil, before-min(before, shift), 10)
	text, err := json.Marshal(said)
	if err != nil {
		return description
	}
	return text
}
