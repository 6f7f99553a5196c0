package eventnode_test

import (
	"encoding/binary"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"pgregory.net/rapid"
)

// The streams that are played with, and those that only stand for their metadata.
var someStream = rapid.SampledFrom([]string{"ada", "alan", "$grace", "$$ada", "$$$grace"})

func (p *play) someExpectation(t *rapid.T, stream string) int64 {
	last := p.history.last(stream)
	return rapid.SampledFrom([]int64{
		anything, anything, absent, present, last, last, max(last-1, 0), last + 1, 0,
	}).Draw(t, "expected")
}

func expectation(n int64) esdb.ExpectedRevision {
	switch n {
	case anything:
		return esdb.Any{}
	case absent:
		return esdb.NoStream{}
	case present:
		return esdb.StreamExists{}
	}
	return esdb.Revision(uint64(n))
}

// someID is often one that was used before.
func (p *play) someID(t *rapid.T) uuid.UUID {
	if used := p.history.where(func(e entry) bool { return e.id != uuid.Nil }); len(used) > 0 && rapid.IntRange(0, 2).Draw(t, "repeat") == 0 {
		return rapid.SampledFrom(used).Draw(t, "as").id
	}
	p.ids++
	return uuid.NewSHA1(uuid.Nil, binary.BigEndian.AppendUint64(nil, p.ids))
}

func (p *play) append(t *rapid.T) {
	stream := someStream.Draw(t, "stream")
	var events []entry
	for range rapid.IntRange(0, 3).Draw(t, "events") {
		kind := rapid.SampledFrom([]string{"said", "sung"}).Draw(t, "type")
		events = append(events, entry{id: p.someID(t), kind: kind, data: `{"colour":"red"}`})
	}
	p.appends(t, stream, events)
}

func (p *play) describe(t *rapid.T) {
	stream := rapid.SampledFrom([]string{"ada", "$grace"}).Draw(t, "stream")
	text := rapid.SampledFrom([]string{
		`{}`, `{"$maxCount":2}`, `{"$tb":2}`, `{"$tb":1,"$maxCount":1,"colour":"red"}`, `{"$maxCount":-1,"$tb":1}`,
		`{"$tb":9223372036854775807,"$maxCount":3}`, `red`, ``,
	}).Draw(t, "metadata")
	p.appends(t, "$$"+stream, []entry{{id: p.someID(t), kind: "$metadata", data: text}})
}

func (p *play) link(t *rapid.T) {
	to := fmt.Sprintf("%d@%s", rapid.IntRange(0, 3).Draw(t, "revision"), someStream.Draw(t, "target"))
	p.appends(t, "alan", []entry{{id: p.someID(t), kind: "$>", data: to}})
}

// appends appends events and sees that it ends as it must.
func (p *play) appends(t *rapid.T, stream string, events []entry) {
	expected := p.someExpectation(t, stream)
	ids, proposed := make([]uuid.UUID, len(events)), make([]esdb.EventData, len(events))
	for i, e := range events {
		ids[i] = e.id
		proposed[i] = esdb.EventData{EventID: e.id, EventType: e.kind, ContentType: esdb.ContentTypeJson, Data: []byte(e.data)}
	}
	must, revision := p.history.judge(stream, expected, ids)
	w, err := p.client.AppendToStream(p.ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: expectation(expected)}, proposed...)
	switch must {
	case wrong:
		require.Equal(t, esdb.ErrorCodeWrongExpectedVersion, codeOf(err))
	case ended:
		require.Equal(t, esdb.ErrorCodeStreamDeleted, codeOf(err))
	case repeated:
		require.NoError(t, err)
		require.EqualValues(t, revision, w.NextExpectedVersion)
		e, _ := p.history.at(stream, revision)
		require.Equal(t, e.position, w.CommitPosition)
	case written:
		require.NoError(t, err)
		before := p.history.last(stream)
		p.history = p.history.with(stream, events...)
		p.learn(t)
		if len(events) > 0 {
			after := p.history.of(stream)[before+int64(len(events))]
			require.EqualValues(t, after.revision, w.NextExpectedVersion)
			require.Equal(t, after.position, w.CommitPosition)
		}
	}
}

func (p *play) delete(t *rapid.T) {
	stream := rapid.SampledFrom([]string{"ada", "alan", "$grace"}).Draw(t, "stream")
	expected := p.someExpectation(t, stream)
	d, err := p.client.DeleteStream(p.ctx, stream, esdb.DeleteStreamOptions{ExpectedRevision: expectation(expected)})
	must, _ := p.history.judge(stream, expected, []uuid.UUID{uuid.New()})
	if _, described := p.history.newest(stream); must == written && p.history.last(stream) == absent && !described {
		must = wrong
	}
	p.ends(t, must, d, err, entry{
		stream: "$$" + stream, revision: p.history.last("$$"+stream) + 1, kind: "$metadata",
		data: fmt.Sprintf(`{"$tb":%d}`, int64(endless)),
	})
}

func (p *play) tombstone(t *rapid.T) {
	stream := rapid.SampledFrom([]string{"ada", "alan", "$grace"}).Draw(t, "stream")
	if rapid.IntRange(0, 3).Draw(t, "mercy") > 0 {
		return
	}
	expected := p.someExpectation(t, stream)
	d, err := p.client.TombstoneStream(p.ctx, stream, esdb.TombstoneStreamOptions{ExpectedRevision: expectation(expected)})
	must, _ := p.history.judge(stream, expected, []uuid.UUID{uuid.New()})
	p.ends(t, must, d, err, entry{stream: stream, revision: endless, kind: "$streamDeleted"})
}

// ends sees that the end of a stream went as it must.
func (p *play) ends(t *rapid.T, must verdict, d *esdb.DeleteResult, err error, end entry) {
	switch must {
	case ended:
		require.Equal(t, esdb.ErrorCodeStreamDeleted, codeOf(err))
	case wrong:
		require.Equal(t, codes.FailedPrecondition, statusOf(err))
	default:
		require.NoError(t, err)
		p.history = append(p.history, end)
		p.learn(t)
		require.Equal(t, p.history[len(p.history)-1].position, d.Position.Commit)
	}
}
