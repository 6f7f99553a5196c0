package eventnode_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

func TestAppendsExpectTheirStream(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	expecting := func(r esdb.ExpectedRevision) error {
		_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{ExpectedRevision: r}, said(0, 1)...)
		return err
	}
	require.Equal(t, esdb.ErrorCodeWrongExpectedVersion, codeOf(expecting(esdb.StreamExists{})))
	require.Equal(t, esdb.ErrorCodeWrongExpectedVersion, codeOf(expecting(esdb.Revision(0))))
	require.NoError(t, expecting(esdb.NoStream{}))
	require.Equal(t, esdb.ErrorCodeWrongExpectedVersion, codeOf(expecting(esdb.NoStream{})))
	require.Equal(t, esdb.ErrorCodeWrongExpectedVersion, codeOf(expecting(esdb.Revision(1))))
	require.NoError(t, expecting(esdb.Revision(0)))
	require.NoError(t, expecting(esdb.StreamExists{}))
	require.NoError(t, expecting(esdb.Any{}))
	require.Equal(t, []uint64{0, 1, 2, 3}, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10))
}

func TestARepeatedAppendIsAnsweredAsTheFirst(t *testing.T) {
	dir := t.TempDir()
	n := start(t, eventnode.Config{Dir: dir})
	c := dial(t, n)
	for _, expected := range []esdb.ExpectedRevision{esdb.Any{}, esdb.NoStream{}} {
		stream, events := fmt.Sprintf("%T", expected), said(0, 3)
		opts := esdb.AppendToStreamOptions{ExpectedRevision: expected}
		first, err := c.AppendToStream(t.Context(), stream, opts, events...)
		require.NoError(t, err)
		_, err = c.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{}, said(3, 1)...)
		require.NoError(t, err)
		again, err := c.AppendToStream(t.Context(), stream, opts, events...)
		require.NoError(t, err)
		require.Equal(t, first, again)

		_, err = c.AppendToStream(t.Context(), stream, opts, append(events[:2:2], said(9, 1)...)...)
		require.Equal(t, esdb.ErrorCodeWrongExpectedVersion, codeOf(err))
		require.Len(t, revisions(t, c, stream, esdb.ReadStreamOptions{}, 10), 4)
	}
}

func TestRepetitionsAreKnownAfterARestart(t *testing.T) {
	dir := t.TempDir()
	events := said(0, 3)
	n := start(t, eventnode.Config{Dir: dir})
	first, err := dial(t, n).AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, events...)
	require.NoError(t, err)
	require.NoError(t, n.Close())

	c := dial(t, start(t, eventnode.Config{Dir: dir}))
	again, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, events...)
	require.NoError(t, err)
	require.Equal(t, first, again)
}

func TestTheSameEventsInAnotherStreamAreNoRepetition(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	events := said(0, 3)
	first, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, events...)
	require.NoError(t, err)
	other, err := c.AppendToStream(t.Context(), "grace", esdb.AppendToStreamOptions{}, events...)
	require.NoError(t, err)
	require.Greater(t, other.CommitPosition, first.CommitPosition)
}

func TestAnEmptyAppendChecksWhatItExpects(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(0)})
	require.Equal(t, esdb.ErrorCodeWrongExpectedVersion, codeOf(err))
	_, err = c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, said(0, 2)...)
	require.NoError(t, err)
	w, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(1)})
	require.NoError(t, err)
	require.EqualValues(t, 1, w.NextExpectedVersion)
}

func TestAnAppendThatIsTooLargeIsRefusedWithItsReason(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{MaxAppendSize: 1000}))
	events := said(0, 2000)
	_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, events...)
	require.ErrorContains(t, err, "larger than 1000 bytes")
	_, err = c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, events[:10]...)
	require.NoError(t, err)
}

func TestWhatNoStreamCanBeNamedIsRefused(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	for _, name := range []string{"", "$$", "$all"} {
		_, err := c.AppendToStream(t.Context(), name, esdb.AppendToStreamOptions{}, said(0, 1)...)
		require.Error(t, err)
	}
	for _, name := range []string{" ", "a\x00b", "a", strings.Repeat("ä", 1000)} {
		_, err := c.AppendToStream(t.Context(), name, esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}, said(0, 2)...)
		require.NoError(t, err)
		require.Len(t, revisions(t, c, name, esdb.ReadStreamOptions{}, 10), 2)
	}
}

// One wins each revision, and everybody who won is in the stream.
func TestConcurrentAppendsToOneStreamFollowOneAnother(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	const writers, each = 8, 25
	var mu sync.Mutex
	won := map[uint64]uuid.UUID{}
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for n := range each {
				e := said(n, 1)[0]
				e.EventID = uuid.New()
				for revision := esdb.ExpectedRevision(esdb.NoStream{}); ; {
					w, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{ExpectedRevision: revision}, e)
					if err == nil {
						mu.Lock()
						won[w.NextExpectedVersion] = e.EventID
						mu.Unlock()
						break
					}
					if codeOf(err) != esdb.ErrorCodeWrongExpectedVersion {
						t.Error(err)
						return
					}
					mu.Lock()
					revision = esdb.Revision(uint64(max(len(won), 1) - 1))
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	require.Len(t, won, writers*each)
	r, err := c.ReadStream(t.Context(), "ada", esdb.ReadStreamOptions{}, writers*each+1)
	require.NoError(t, err)
	defer r.Close()
	for i := range uint64(writers * each) {
		e, err := r.Recv()
		require.NoError(t, err)
		require.Equal(t, i, e.Event.EventNumber)
		require.Equal(t, won[i], e.Event.EventID)
	}
}

// The client's own tests of this need persistent subscriptions.
func TestNobodyIsAskedForAPasswordWithoutTLS(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{
		Authenticated: &esdb.Credentials{Login: "invalid", Password: "invalid"},
	}, said(0, 1)...)
	require.NoError(t, err)
}
