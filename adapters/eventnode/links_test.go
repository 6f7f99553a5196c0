package eventnode_test

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// linkTo appends a link to the stream "links".
func linkTo(t testing.TB, c *esdb.Client, target string) {
	t.Helper()
	_, err := c.AppendToStream(t.Context(), "links", esdb.AppendToStreamOptions{}, esdb.EventData{
		EventID: uuid.New(), EventType: "$>", ContentType: esdb.ContentTypeBinary, Data: []byte(target),
	})
	require.NoError(t, err)
}

// onlyEvent is the one event of the stream "links".
func onlyEvent(t testing.TB, c *esdb.Client, resolve bool) *esdb.ResolvedEvent {
	t.Helper()
	r, err := c.ReadStream(t.Context(), "links", esdb.ReadStreamOptions{ResolveLinkTos: resolve}, 1)
	require.NoError(t, err)
	defer r.Close()
	e, err := r.Recv()
	require.NoError(t, err)
	return e
}

func TestALinkLeadsToItsEvent(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	appended(t, c, "ada@home", 0, 3)
	linkTo(t, c, "1@ada@home")

	e := onlyEvent(t, c, true)
	require.Equal(t, "ada@home", e.Event.StreamID)
	require.EqualValues(t, 1, e.Event.EventNumber)
	require.Equal(t, "links", e.Link.StreamID)
	require.Equal(t, e.Link, e.OriginalEvent())
	require.Equal(t, e.Link.Position.Commit, *e.Commit)

	e = onlyEvent(t, c, false)
	require.Equal(t, "$>", e.Event.EventType)
	require.Nil(t, e.Link)
}

func TestALinkIsFollowedBySubscriptions(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	appended(t, c, "ada", 0, 1)
	s, err := c.SubscribeToStream(t.Context(), "links", esdb.SubscribeToStreamOptions{From: esdb.Start{}, ResolveLinkTos: true})
	require.NoError(t, err)
	defer s.Close()
	all, err := c.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{ResolveLinkTos: true})
	require.NoError(t, err)
	defer all.Close()
	require.NotNil(t, next(t, s).CaughtUp)
	require.NotNil(t, next(t, all).CaughtUp)
	linkTo(t, c, "0@ada")
	for _, s := range []*esdb.Subscription{s, all} {
		require.Equal(t, "ada", next(t, s).EventAppeared.Event.StreamID)
	}
}

func TestALinkToNothingComesWithoutAnEvent(t *testing.T) {
	for name, gone := range map[string]func(t *testing.T, c *esdb.Client){
		"never written": func(t *testing.T, c *esdb.Client) {},
		"no such event": func(t *testing.T, c *esdb.Client) { appended(t, c, "ada", 0, 1) },
		"truncated": func(t *testing.T, c *esdb.Client) {
			appended(t, c, "ada", 0, 5)
			describe(t, c, "ada", `{"$tb":3}`)
		},
		"deleted": func(t *testing.T, c *esdb.Client) {
			appended(t, c, "ada", 0, 5)
			_, err := c.DeleteStream(t.Context(), "ada", esdb.DeleteStreamOptions{})
			require.NoError(t, err)
		},
		"tombstoned": func(t *testing.T, c *esdb.Client) {
			appended(t, c, "ada", 0, 5)
			_, err := c.TombstoneStream(t.Context(), "ada", esdb.TombstoneStreamOptions{})
			require.NoError(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, start(t, eventnode.Config{}))
			gone(t, c)
			linkTo(t, c, "2@ada")
			e := onlyEvent(t, c, true)
			require.Nil(t, e.Event)
			require.Equal(t, "2@ada", string(e.Link.Data))
		})
	}
}

func TestWhatIsNoLinkIsAnEvent(t *testing.T) {
	for _, data := range []string{"", "ada", "@ada", "one@ada", "-1@ada"} {
		c := dial(t, start(t, eventnode.Config{}))
		appended(t, c, "ada", 0, 2)
		linkTo(t, c, data)
		e := onlyEvent(t, c, true)
		require.Equal(t, data, string(e.Event.Data))
		require.Nil(t, e.Link)
	}
}
