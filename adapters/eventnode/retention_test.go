package eventnode_test

import (
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// coloured is metadata that says nothing the node understands.
func coloured(colour string) (m esdb.StreamMetadata) {
	m.AddCustomProperty("colour", colour)
	return m
}

// describe gives a stream metadata as they stand there.
func describe(t testing.TB, c *esdb.Client, stream, metadata string) {
	t.Helper()
	_, err := c.AppendToStream(t.Context(), "$$"+stream, esdb.AppendToStreamOptions{}, esdb.EventData{
		EventID: uuid.New(), EventType: "$metadata", ContentType: esdb.ContentTypeJson, Data: []byte(metadata),
	})
	require.NoError(t, err)
}

func TestMetadataSaysWhichEventsShow(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	appended(t, c, "ada", 0, 5)
	all := []uint64{0, 1, 2, 3, 4}
	for _, test := range []struct {
		metadata string
		want     []uint64
	}{
		{`{}`, all},
		{`{"$maxCount":2}`, []uint64{3, 4}},
		{`{"$maxCount":9}`, all},
		{`{"$tb":3}`, []uint64{3, 4}},
		{`{"$tb":0}`, all},
		{`{"$tb":5}`, nil},
		{`{"$tb":100}`, nil},
		{`{"$tb":1,"$maxCount":2}`, []uint64{3, 4}},
		{`{"$tb":4,"$maxCount":2}`, []uint64{4}},
		{`{"$maxAge":3600}`, all},
		{`{"$maxCount":2,"colour":"red","$acl":{"$r":"ada","$w":["ada","grace"]},"$cacheControl":5,"$tmp":true}`, []uint64{3, 4}},
		{`{"$maxCount":2,"$acl":"$userStreamAcl"}`, all},
		{`{"$maxCount":2,"$acl":{"$x":"ada"}}`, all},
		{`{"$maxCount":2,"$acl":{"$r":["ada",1]}}`, all},
		{`{"$maxCount":2,"$acl":{"$r":null}}`, all},
		{`{"$maxCount":2,"$acl":null}`, all},
		{`{"$maxCount":2,"$tmp":null}`, all},
		{`{"$maxCount":2,"$maxAge":0}`, all},
		{`{"$maxCount":2,"$tb":-1}`, all},
		{`{"$maxCount":2,"$cacheControl":"long"}`, all},
		{`{"$maxCount":0}`, all},
		{`{"$maxCount":2.0}`, all},
		{`{"$maxCount":"2"}`, all},
		{`{"$maxCount":2`, all},
		{`[]`, all},
		{``, all},
	} {
		t.Run(test.metadata, func(t *testing.T) {
			describe(t, c, "ada", test.metadata)
			require.Equal(t, test.want, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10))
			last := revisions(t, c, "ada", esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}, 10)
			require.Len(t, last, len(test.want))
		})
	}
}

func TestMetadataThatIsNotJSONSaysNothing(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	appended(t, c, "ada", 0, 3)
	_, err := c.AppendToStream(t.Context(), "$$ada", esdb.AppendToStreamOptions{}, esdb.EventData{
		EventType: "$metadata", ContentType: esdb.ContentTypeBinary, Data: []byte(`{"$maxCount":1}`),
	})
	require.NoError(t, err)
	require.Len(t, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10), 3)
}

func TestMetadataOfAStreamToComeIsKept(t *testing.T) {
	dir := t.TempDir()
	n := start(t, eventnode.Config{Dir: dir})
	var two esdb.StreamMetadata
	two.SetMaxCount(2)
	_, err := dial(t, n).SetStreamMetadata(t.Context(), "ada", esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}, two)
	require.NoError(t, err)
	require.NoError(t, n.Close())

	c := dial(t, start(t, eventnode.Config{Dir: dir}))
	require.Equal(t, esdb.ErrorCodeResourceNotFound, notRead(t, c, "ada"))
	_, err = c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{ExpectedRevision: esdb.StreamExists{}}, said(0, 5)...)
	require.NoError(t, err, "metadata alone counts as existence")
	require.Equal(t, []uint64{3, 4}, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10))
}

func TestOnlyTheNewestMetadataShow(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	for _, colour := range []string{"red", "green", "blue"} {
		_, err := c.SetStreamMetadata(t.Context(), "ada", esdb.AppendToStreamOptions{}, coloured(colour))
		require.NoError(t, err)
	}
	require.Equal(t, []uint64{2}, revisions(t, c, "$$ada", esdb.ReadStreamOptions{}, 10))
	m, err := c.GetStreamMetadata(t.Context(), "ada", esdb.ReadStreamOptions{})
	require.NoError(t, err)
	require.Equal(t, "blue", m.CustomProperty("colour"))
}

func TestEventsThatAreTooOldDoNotShow(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	appended(t, c, "ada", 0, 3)
	var second esdb.StreamMetadata
	second.SetMaxAge(time.Second)
	_, err := c.SetStreamMetadata(t.Context(), "ada", esdb.AppendToStreamOptions{}, second)
	require.NoError(t, err)
	shown := func() int { return len(revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10)) }
	require.Eventually(t, func() bool { return shown() == 0 }, 5*time.Second, 50*time.Millisecond)
	appended(t, c, "ada", 3, 1)
	require.Equal(t, []uint64{3}, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10))
	require.Len(t, positions(t, c, esdb.ReadAllOptions{}, 10), 5, "they are still there")
}

func TestASubscriptionBeginsWithWhatShows(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	appended(t, c, "ada", 0, 5)
	describe(t, c, "ada", `{"$maxCount":2}`)
	s, err := c.SubscribeToStream(t.Context(), "ada", esdb.SubscribeToStreamOptions{From: esdb.Start{}})
	require.NoError(t, err)
	defer s.Close()
	require.EqualValues(t, 3, nextEvent(t, s).EventNumber)
	require.EqualValues(t, 4, nextEvent(t, s).EventNumber)
}
