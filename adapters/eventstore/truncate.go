package eventstore

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
)

// truncate hides the events of a stream before a revision for ever, unless they are
// already. What else its description says stays.
func (c *Connection) truncate(ctx context.Context, stream string, before uint64) error {
	for {
		described, err := c.newest(ctx, "$$"+stream)
		if err != nil {
			return err
		}
		said, length := map[string]json.RawMessage{}, uint64(0)
		if described != nil {
			length = described.EventNumber + 1
			if json.Unmarshal(described.Data, &said) != nil || said == nil {
				said = map[string]json.RawMessage{}
			}
		}
		if at, err := strconv.ParseUint(string(said["$tb"]), 10, 64); err == nil && at >= before {
			return nil
		}
		said["$tb"] = strconv.AppendUint(nil, before, 10)
		data, err := json.Marshal(said)
		if err != nil {
			return err
		}
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		a := appending{stream: "$$" + stream, length: length, expected: esdb.NoStream{}, batch: []esdb.EventData{
			{EventID: id, EventType: "$metadata", ContentType: esdb.ContentTypeJson, Data: data},
		}}
		if length > 0 {
			a.expected = esdb.Revision(length - 1)
		}
		if err := a.carryOut(ctx, c); !is(err, esdb.ErrorCodeWrongExpectedVersion) {
			return err
		}
	}
}
