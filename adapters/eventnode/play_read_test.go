package eventnode_test

import (
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// someCount is how many events are asked for.
var someCount = rapid.SampledFrom([]uint64{1, 2, 5, math.MaxInt32})

func (p *play) readStream(t *rapid.T) {
	stream := someStream.Draw(t, "stream")
	opts := esdb.ReadStreamOptions{
		Direction:      rapid.SampledFrom([]esdb.Direction{esdb.Forwards, esdb.Backwards}).Draw(t, "direction"),
		ResolveLinkTos: rapid.Bool().Draw(t, "resolve"),
	}
	from := rapid.Int64Range(-2, p.history.last(stream)+2).Draw(t, "from")
	opts.From = esdb.Revision(uint64(from))
	switch from {
	case -1:
		opts.From, from = esdb.Start{}, 0
	case -2:
		opts.From, from = esdb.End{}, p.history.last(stream)
		if opts.Direction == esdb.Forwards {
			from++
		}
	}
	count := someCount.Draw(t, "count")
	r, err := p.client.ReadStream(p.ctx, stream, opts, count)
	require.NoError(t, err)
	if must := p.history.unreadable(stream); must != 0 {
		defer r.Close()
		_, err = r.Recv()
		require.Equal(t, must, codeOf(err))
		return
	}
	p.sameAll(t, opts.ResolveLinkTos, collect(t, r), opts.Direction, count, p.history.shown(stream).where(func(e entry) bool {
		return e.revision == from || (e.revision > from) == (opts.Direction == esdb.Forwards)
	}))
}

// unreadable is the error that a read of a stream must end with.
func (h history) unreadable(stream string) esdb.ErrorCode {
	switch {
	case h.ended(stream):
		return esdb.ErrorCodeStreamDeleted
	case h.last(stream) == absent || h.deleted(stream):
		return esdb.ErrorCodeResourceNotFound
	}
	return 0
}

func (p *play) readAll(t *rapid.T) {
	opts := esdb.ReadAllOptions{
		Direction:      rapid.SampledFrom([]esdb.Direction{esdb.Forwards, esdb.Backwards}).Draw(t, "direction"),
		ResolveLinkTos: rapid.Bool().Draw(t, "resolve"),
	}
	var from uint64
	opts.From, from = p.somewhere(t)
	count := someCount.Draw(t, "count")
	r, err := p.client.ReadAll(p.ctx, opts, count)
	require.NoError(t, err)
	p.sameAll(t, opts.ResolveLinkTos, collect(t, r), opts.Direction, count, p.history.where(func(e entry) bool {
		return (e.position >= from) == (opts.Direction == esdb.Forwards)
	}))
}

// somewhere is a place in the order of all events, and the first position after it.
func (p *play) somewhere(t *rapid.T) (esdb.AllPosition, uint64) {
	switch n := rapid.IntRange(-3, len(p.history)-1).Draw(t, "from"); n {
	case -1:
		return esdb.Start{}, 0
	case -2:
		return esdb.End{}, math.MaxUint64
	case -3:
		return esdb.Position{Commit: math.MaxUint64, Prepare: math.MaxUint64}, math.MaxUint64
	default:
		at := p.history[n].position
		return esdb.Position{Commit: at, Prepare: at}, at
	}
}

// sameAll sees that a read finds what it must, of which the first is the last if it is
// backwards.
func (p *play) sameAll(t *rapid.T, resolve bool, got []*esdb.ResolvedEvent, way esdb.Direction, count uint64, want history) {
	if way == esdb.Backwards {
		slices.Reverse(want)
	}
	want = want[:min(len(want), int(count))]
	require.Len(t, got, len(want))
	for i, e := range want {
		p.same(t, resolve, e, got[i])
	}
}

func collect(t *rapid.T, r *esdb.ReadStream) (found []*esdb.ResolvedEvent) {
	defer r.Close()
	for {
		e, err := r.Recv()
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(t, err)
		found = append(found, e)
	}
}

// same sees that an event comes as it must, and with it what it links to.
func (p *play) same(t *rapid.T, resolve bool, want entry, got *esdb.ResolvedEvent) {
	number, name, _ := strings.Cut(want.data, "@")
	if !resolve || want.kind != "$>" {
		require.Nil(t, got.Link)
		p.sameEvent(t, want, got.Event)
		return
	}
	p.sameEvent(t, want, got.Link)
	revision, err := strconv.ParseInt(number, 10, 64)
	require.NoError(t, err)
	if target, ok := p.history.at(name, revision); ok {
		p.sameEvent(t, target, got.Event)
	} else {
		require.Nil(t, got.Event)
	}
}

func (p *play) sameEvent(t *rapid.T, want entry, got *esdb.RecordedEvent) {
	require.NotNil(t, got)
	id := got.EventID
	require.NotEqual(t, uuid.Nil, id)
	if want.id == uuid.Nil {
		id = uuid.Nil
	}
	require.Equal(t, want, entry{
		got.StreamID, int64(got.EventNumber), id, got.EventType, string(got.Data), got.Position.Commit,
	})
	require.WithinDuration(t, time.Now(), got.CreatedDate, time.Minute)
}
