package eventnode_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// next is the next thing a subscription has to say beside checkpoints.
func next(t testing.TB, s *esdb.Subscription) *esdb.SubscriptionEvent {
	t.Helper()
	for {
		e := s.Recv()
		if e.SubscriptionDropped != nil {
			t.Fatal(e.SubscriptionDropped.Error)
		}
		if e.CheckPointReached == nil {
			return e
		}
	}
}

// nextEvent is the next event of a subscription.
func nextEvent(t testing.TB, s *esdb.Subscription) *esdb.RecordedEvent {
	t.Helper()
	for {
		if e := next(t, s); e.EventAppeared != nil {
			return e.EventAppeared.OriginalEvent()
		}
	}
}

func TestAStreamIsFollowedFromAnywhere(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	speak := func(first, n int) {
		for _, stream := range []string{"ada", "grace"} {
			_, err := c.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{}, said(first, n)...)
			require.NoError(t, err)
		}
	}
	speak(0, 3)
	for name, test := range map[string]struct {
		from  esdb.StreamPosition
		first uint64
	}{
		"from the start": {esdb.Start{}, 0},
		"after one":      {esdb.Revision(1), 2},
		"from the end":   {esdb.End{}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := c.SubscribeToStream(t.Context(), "ada", esdb.SubscribeToStreamOptions{From: test.from})
			require.NoError(t, err)
			defer s.Close()
			require.NotEmpty(t, s.Id())
			before := revisions(t, c, "ada", esdb.ReadStreamOptions{}, 100)
			end := uint64(len(before))
			if name == "from the end" {
				test.first = end
			}
			for want := test.first; want < end; want++ {
				require.Equal(t, want, nextEvent(t, s).EventNumber)
			}
			require.NotNil(t, next(t, s).CaughtUp)
			speak(int(end), 2)
			require.Equal(t, end, nextEvent(t, s).EventNumber)
			require.Equal(t, end+1, nextEvent(t, s).EventNumber)
		})
	}
}

func TestAStreamToComeIsFollowed(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	s, err := c.SubscribeToStream(t.Context(), "ada", esdb.SubscribeToStreamOptions{From: esdb.Start{}})
	require.NoError(t, err)
	defer s.Close()
	require.NotNil(t, next(t, s).CaughtUp)
	_, err = c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, said(0, 1)...)
	require.NoError(t, err)
	require.Zero(t, nextEvent(t, s).EventNumber)
}

// Whoever subscribes, whenever, sees every event once and in order, though others
// write all the while.
func TestFollowersMissNothingAndSeeNothingTwice(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	const writers, each, followers = 4, 400, 4
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for n := range each {
				_, err := c.AppendToStream(t.Context(), fmt.Sprint("writer-", w), esdb.AppendToStreamOptions{}, said(n, 1)...)
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	var seen [followers][]uint64
	for f := range followers {
		all.Go(func() {
			s, err := c.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{From: esdb.Start{}})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			for len(seen[f]) < writers*each {
				e := s.Recv()
				if e.SubscriptionDropped != nil {
					t.Error(e.SubscriptionDropped.Error)
					return
				}
				if e.EventAppeared != nil {
					seen[f] = append(seen[f], e.EventAppeared.Event.Position.Commit)
				}
			}
		})
	}
	all.Wait()
	want := positions(t, c, esdb.ReadAllOptions{}, 1<<40)
	for f := range followers {
		require.Equal(t, want, seen[f])
	}
}

// A follower that reads nothing while more is written than the node keeps at hand for
// followers, gets it all the same.
func TestASlowFollowerMissesNothing(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	s, err := c.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{From: esdb.Start{}})
	require.NoError(t, err)
	defer s.Close()
	require.NotNil(t, next(t, s).CaughtUp)

	events := said(0, 20)
	for i := range events {
		events[i].Data = []byte(strings.Repeat("x", 30_000))
	}
	const appends = 40
	for range appends {
		for i := range events {
			events[i].EventID = said(0, 1)[0].EventID
		}
		_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, events...)
		require.NoError(t, err)
	}
	fell := false
	for want := uint64(0); want < uint64(appends*len(events)); {
		e := next(t, s)
		if e.FellBehind != nil {
			fell = true
			continue
		}
		require.Equal(t, want, e.EventAppeared.OriginalEvent().EventNumber)
		want++
	}
	require.True(t, fell, "and is told that it has fallen behind")
	require.NotNil(t, next(t, s).CaughtUp, "again")
}

func TestFiltersPassWhatTheyName(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	kinds := []string{"said", "sung", "$silent"}
	for _, stream := range []string{"ada-1", "grace-1", "ada-2", "$ada"} {
		events := said(0, len(kinds))
		for i := range events {
			events[i].EventType = kinds[i]
		}
		_, err := c.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{}, events...)
		require.NoError(t, err)
	}
	last := positions(t, c, esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.End{}}, 1)[0]
	for name, test := range map[string]struct {
		filter *esdb.SubscriptionFilter
		want   []string
	}{
		"stream prefix":   {&esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"ada-2", "gra"}}, []string{"grace-1 said", "grace-1 sung", "grace-1 $silent", "ada-2 said", "ada-2 sung", "ada-2 $silent"}},
		"stream regex":    {&esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Regex: "da$"}, []string{"$ada said", "$ada sung", "$ada $silent"}},
		"type prefix":     {&esdb.SubscriptionFilter{Type: esdb.EventFilterType, Prefixes: []string{"su"}}, []string{"ada-1 sung", "grace-1 sung", "ada-2 sung", "$ada sung"}},
		"no system types": {esdb.ExcludeSystemEventsFilter(), []string{"ada-1 said", "ada-1 sung", "grace-1 said", "grace-1 sung", "ada-2 said", "ada-2 sung", "$ada said", "$ada sung"}},
		"nothing":         {&esdb.SubscriptionFilter{Type: esdb.EventFilterType, Prefixes: []string{"whispered"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := c.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{
				From: esdb.Start{}, Filter: test.filter, MaxSearchWindow: 5, CheckpointInterval: 1,
			})
			require.NoError(t, err)
			defer s.Close()
			var found []string
			var reached []uint64
			for e := s.Recv(); e.CaughtUp == nil; e = s.Recv() {
				switch {
				case e.SubscriptionDropped != nil:
					t.Fatal(e.SubscriptionDropped.Error)
				case e.EventAppeared != nil:
					found = append(found, e.EventAppeared.Event.StreamID+" "+e.EventAppeared.Event.EventType)
				case e.CheckPointReached != nil:
					reached = append(reached, e.CheckPointReached.Commit)
				}
			}
			require.Equal(t, test.want, found)
			require.Equal(t, []uint64{5, 10, last}, reached)
		})
	}
}

func TestAFilterOfNoSenseIsRefused(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	_, err := c.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{
		Filter: &esdb.SubscriptionFilter{Type: esdb.EventFilterType, Regex: "("},
	})
	require.ErrorContains(t, err, "InvalidArgument")
}
