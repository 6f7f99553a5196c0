package eventnode

import (
	"bytes"
	"math"
	"strconv"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"pgregory.net/rapid"
)

var someEvent = rapid.Custom(func(t *rapid.T) event {
	return event{
		Position: rapid.Uint64Min(1).Draw(t, "position"),
		Stream:   rapid.String().Draw(t, "stream"),
		Revision: rapid.Int64Range(0, math.MaxInt64).Draw(t, "revision"),
		ID:       uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id")),
		Type:     rapid.String().Draw(t, "type"),
		JSON:     rapid.Bool().Draw(t, "json"),
		Created:  rapid.Int64().Draw(t, "created"),
		Data:     rapid.SliceOf(rapid.Byte()).Draw(t, "data"),
		Metadata: rapid.SliceOf(rapid.Byte()).Draw(t, "metadata"),
	}
})

func TestARecordIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := someEvent.Draw(t, "event")
		record := want.appendRecord(nil)
		if len(record) != want.recordSize() {
			t.Fatalf("the record has %d bytes, not %d", len(record), want.recordSize())
		}
		got, err := parseRecord(want.Position, record)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestADamagedRecordIsNoEvent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		record := someEvent.Draw(t, "event").appendRecord(nil)
		fixed := rapid.IntRange(0, recordFixed-1).Draw(t, "length")
		if _, err := parseRecord(1, record[:fixed]); err == nil {
			t.Fatal("read an event from a part of its record")
		}
		_, _ = parseRecord(1, rapid.SliceOf(rapid.Byte()).Draw(t, "noise"))
	})
}

// recordedEvent is what the generated code makes of an event.
func recordedEvent(e *event) *streams.ReadResp_ReadEvent_RecordedEvent {
	if e == nil {
		return nil
	}
	id := &shared.UUID_Structured{}
	for i := range 8 {
		id.MostSignificantBits = id.MostSignificantBits<<8 | int64(e.ID[i])
		id.LeastSignificantBits = id.LeastSignificantBits<<8 | int64(e.ID[i+8])
	}
	return &streams.ReadResp_ReadEvent_RecordedEvent{
		Id:               &shared.UUID{Value: &shared.UUID_Structured_{Structured: id}},
		StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(e.Stream)},
		StreamRevision:   uint64(e.Revision),
		PreparePosition:  e.Position,
		CommitPosition:   e.Position,
		Metadata: map[string]string{
			"type":         e.Type,
			"created":      strconv.FormatInt(e.Created, 10),
			"content-type": e.contentType(),
		},
		CustomMetadata: bytes.Clone(e.Metadata),
		Data:           bytes.Clone(e.Data),
	}
}

func TestEventsAreEncodedAsTheGeneratedCodeDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		maybe := rapid.Ptr(someEvent, true)
		e, link := maybe.Draw(t, "event"), maybe.Draw(t, "link")
		original := link
		if link == nil {
			if e == nil {
				return
			}
			original = e
		}
		var got streams.ReadResp
		if err := proto.Unmarshal(appendReadResp(nil, e, link), &got); err != nil {
			t.Fatal(err)
		}
		want := &streams.ReadResp{Content: &streams.ReadResp_Event{Event: &streams.ReadResp_ReadEvent{
			Event: recordedEvent(e), Link: recordedEvent(link),
			Position: &streams.ReadResp_ReadEvent_CommitPosition{CommitPosition: original.Position},
		}}}
		if diff := cmp.Diff(want, &got, protocmp.Transform()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestCheckpointsAreEncodedAsTheGeneratedCodeDoes(t *testing.T) {
	t.Parallel()
	var got streams.ReadResp
	if err := proto.Unmarshal(appendCheckpoint(nil, 1<<40), &got); err != nil {
		t.Fatal(err)
	}
	want := &streams.ReadResp{Content: &streams.ReadResp_Checkpoint_{Checkpoint: &streams.ReadResp_Checkpoint{
		CommitPosition: 1 << 40, PreparePosition: 1 << 40,
	}}}
	if diff := cmp.Diff(want, &got, protocmp.Transform()); diff != "" {
		t.Fatal(diff)
	}
}
