package eventnode_test

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"skein/adapters/eventnode"
)

func TestATombstonedStreamIsNoMore(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	appended(t, c, "ada", 0, 3)
	_, err := c.TombstoneStream(t.Context(), "ada", esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Revision(1)})
	require.Equal(t, codes.FailedPrecondition, statusOf(err))
	for stream, expected := range map[string]esdb.ExpectedRevision{
		"ada": esdb.Revision(2), "never": esdb.NoStream{},
	} {
		d, err := c.TombstoneStream(t.Context(), stream, esdb.TombstoneStreamOptions{ExpectedRevision: expected})
		require.NoError(t, err)
		require.Positive(t, d.Position.Commit)

		require.Equal(t, esdb.ErrorCodeStreamDeleted, notRead(t, c, stream))
		require.Equal(t, esdb.ErrorCodeStreamDeleted, notRead(t, c, "$$"+stream))
		_, err = c.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{}, said(3, 1)...)
		require.Equal(t, esdb.ErrorCodeStreamDeleted, codeOf(err))
		_, err = c.SetStreamMetadata(t.Context(), stream, esdb.AppendToStreamOptions{}, coloured("red"))
		require.Equal(t, esdb.ErrorCodeStreamDeleted, codeOf(err))
		_, err = c.DeleteStream(t.Context(), stream, esdb.DeleteStreamOptions{})
		require.Equal(t, esdb.ErrorCodeStreamDeleted, codeOf(err))
		_, err = c.TombstoneStream(t.Context(), stream, esdb.TombstoneStreamOptions{})
		require.Equal(t, esdb.ErrorCodeStreamDeleted, codeOf(err))
		_, err = c.SubscribeToStream(t.Context(), stream, esdb.SubscribeToStreamOptions{})
		require.Equal(t, esdb.ErrorCodeStreamDeleted, codeOf(err))
	}
	require.Len(t, positions(t, c, esdb.ReadAllOptions{}, 10), 5)
}

func TestATombstoneOutlivesARestart(t *testing.T) {
	dir := t.TempDir()
	n := start(t, eventnode.Config{Dir: dir})
	c := dial(t, n)
	appended(t, c, "ada", 0, 1)
	_, err := c.TombstoneStream(t.Context(), "ada", esdb.TombstoneStreamOptions{})
	require.NoError(t, err)
	require.NoError(t, n.Close())
	require.Equal(t, esdb.ErrorCodeStreamDeleted, notRead(t, dial(t, start(t, eventnode.Config{Dir: dir})), "ada"))
}

func TestASubscriptionSeesTheTombstoneAndEnds(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	appended(t, c, "ada", 0, 1)
	s, err := c.SubscribeToStream(t.Context(), "ada", esdb.SubscribeToStreamOptions{From: esdb.Start{}})
	require.NoError(t, err)
	defer s.Close()
	require.Zero(t, nextEvent(t, s).EventNumber)
	require.NotNil(t, next(t, s).CaughtUp)
	_, err = c.DeleteStream(t.Context(), "ada", esdb.DeleteStreamOptions{})
	require.NoError(t, err)
	appended(t, c, "ada", 1, 1)
	require.EqualValues(t, 1, nextEvent(t, s).EventNumber)
	_, err = c.TombstoneStream(t.Context(), "ada", esdb.TombstoneStreamOptions{})
	require.NoError(t, err)
	require.Equal(t, "$streamDeleted", nextEvent(t, s).EventType)
	dropped := s.Recv().SubscriptionDropped
	require.NotNil(t, dropped)
	require.Equal(t, codes.FailedPrecondition, status.Code(dropped.Error))
}
