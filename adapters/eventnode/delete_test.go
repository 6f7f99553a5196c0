package eventnode_test

import (
	"errors"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"skein/adapters/eventnode"
)

// appended appends events that say their numbers to a stream that may be anywhere.
func appended(t testing.TB, c *esdb.Client, stream string, first, n int) *esdb.WriteResult {
	t.Helper()
	w, err := c.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{}, said(first, n)...)
	require.NoError(t, err)
	return w
}

// notRead is the code of the error that reading a stream ends with.
func notRead(t testing.TB, c *esdb.Client, stream string) esdb.ErrorCode {
	t.Helper()
	r, err := c.ReadStream(t.Context(), stream, esdb.ReadStreamOptions{}, 1)
	require.NoError(t, err)
	defer r.Close()
	_, err = r.Recv()
	return codeOf(err)
}

// statusOf is what the node answered, which the client hides for some errors.
func statusOf(err error) codes.Code {
	var e *esdb.Error
	if !errors.As(err, &e) {
		return codes.OK
	}
	return status.Code(e.Err())
}

func TestADeletedStreamReadsAsIfItHadNeverBeen(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	last := appended(t, c, "ada", 0, 3)
	d, err := c.DeleteStream(t.Context(), "ada", esdb.DeleteStreamOptions{ExpectedRevision: esdb.Revision(2)})
	require.NoError(t, err)
	require.Greater(t, d.Position.Commit, last.CommitPosition)

	require.Equal(t, esdb.ErrorCodeResourceNotFound, notRead(t, c, "ada"))
	require.Len(t, positions(t, c, esdb.ReadAllOptions{}, 10), 4, "its events, and the metadata that hides them")
	_, err = c.DeleteStream(t.Context(), "ada", esdb.DeleteStreamOptions{})
	require.NoError(t, err, "once more")
}

func TestADeleteExpectsItsStream(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	appended(t, c, "ada", 0, 3)
	for name, test := range map[string]struct {
		stream   string
		expected esdb.ExpectedRevision
	}{
		"behind":            {"ada", esdb.Revision(1)},
		"ahead":             {"ada", esdb.Revision(3)},
		"none":              {"ada", esdb.NoStream{}},
		"never, any":        {"grace", esdb.Any{}},
		"never, none":       {"grace", esdb.NoStream{}},
		"never, existing":   {"grace", esdb.StreamExists{}},
		"never, a revision": {"grace", esdb.Revision(0)},
	} {
		_, err := c.DeleteStream(t.Context(), test.stream, esdb.DeleteStreamOptions{ExpectedRevision: test.expected})
		require.Equal(t, codes.FailedPrecondition, statusOf(err), name)
	}
	require.Len(t, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10), 3)
}

func TestADeletedStreamGoesOnWhereItWas(t *testing.T) {
	for name, expected := range map[string]esdb.ExpectedRevision{
		"any": esdb.Any{}, "none": esdb.NoStream{}, "its last": esdb.Revision(2),
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, start(t, eventnode.Config{}))
			appended(t, c, "ada", 0, 3)
			_, err := c.SetStreamMetadata(t.Context(), "ada", esdb.AppendToStreamOptions{}, coloured("red"))
			require.NoError(t, err)
			_, err = c.DeleteStream(t.Context(), "ada", esdb.DeleteStreamOptions{})
			require.NoError(t, err)

			_, err = c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{ExpectedRevision: esdb.StreamExists{}}, said(3, 1)...)
			require.Equal(t, esdb.ErrorCodeStreamDeleted, codeOf(err))
			w, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{ExpectedRevision: expected}, said(3, 2)...)
			require.NoError(t, err)
			require.EqualValues(t, 4, w.NextExpectedVersion)
			require.Equal(t, []uint64{3, 4}, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10))

			m, err := c.GetStreamMetadata(t.Context(), "ada", esdb.ReadStreamOptions{})
			require.NoError(t, err)
			require.EqualValues(t, 3, *m.TruncateBefore())
			require.Nil(t, m.CustomProperty("colour"), "a delete replaces all metadata")
		})
	}
}

func TestNothingIsAppendedToADeletedStreamTwice(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	events := said(0, 3)
	first, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, events...)
	require.NoError(t, err)
	_, err = c.DeleteStream(t.Context(), "ada", esdb.DeleteStreamOptions{})
	require.NoError(t, err)
	again, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}, events...)
	require.NoError(t, err)
	require.Equal(t, first.NextExpectedVersion, again.NextExpectedVersion)
	require.Zero(t, again.CommitPosition, "the event cannot be read any more")
	require.Equal(t, esdb.ErrorCodeResourceNotFound, notRead(t, c, "ada"))
}

func TestAnEmptyAppendBringsADeletedStreamBack(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	appended(t, c, "ada", 0, 3)
	_, err := c.DeleteStream(t.Context(), "ada", esdb.DeleteStreamOptions{})
	require.NoError(t, err)
	_, err = c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{})
	require.NoError(t, err)
	require.Empty(t, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10))
}

func TestNewMetadataBringsADeletedStreamBack(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	appended(t, c, "ada", 0, 3)
	_, err := c.DeleteStream(t.Context(), "ada", esdb.DeleteStreamOptions{})
	require.NoError(t, err)
	w, err := c.SetStreamMetadata(t.Context(), "ada", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(0)}, coloured("red"))
	require.NoError(t, err)
	require.EqualValues(t, 1, w.NextExpectedVersion, "the client's own event, not the one the node adds")

	require.Empty(t, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10))
	m, err := c.GetStreamMetadata(t.Context(), "ada", esdb.ReadStreamOptions{})
	require.NoError(t, err)
	require.EqualValues(t, 3, *m.TruncateBefore())
	require.Equal(t, "red", m.CustomProperty("colour"))
	appended(t, c, "ada", 3, 1)
	require.Equal(t, []uint64{3}, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10))
}

func TestMetadataIsNotDeleted(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	appended(t, c, "ada", 0, 1)
	_, err := c.DeleteStream(t.Context(), "$$ada", esdb.DeleteStreamOptions{})
	require.Equal(t, esdb.ErrorCodeAccessDenied, codeOf(err))
	_, err = c.TombstoneStream(t.Context(), "$$ada", esdb.TombstoneStreamOptions{})
	require.Equal(t, esdb.ErrorCodeAccessDenied, codeOf(err))
}
