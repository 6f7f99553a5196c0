package eventnode_test

import (
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"pgregory.net/rapid"
)

// follower is a subscription and what it ought to deliver.
type follower struct {
	subscription *esdb.Subscription
	resolve      bool
	wants        func(e entry) bool // of the events to come
	seen         int                // how much of the history it has followed
	stream       string             // if it follows one only
}

// follow subscribes to something, and sees that what is there comes first.
func (p *play) follow(t *rapid.T) {
	f := &follower{resolve: rapid.Bool().Draw(t, "resolve"), seen: len(p.history)}
	var past history
	if rapid.Bool().Draw(t, "all") {
		past = p.followAll(t, f)
	} else if past = p.followStream(t, f); f.subscription == nil {
		return
	}
	for _, e := range past {
		p.same(t, f.resolve, e, f.next(t).EventAppeared)
	}
	require.NotNil(t, f.next(t).CaughtUp)
	p.followers = append(p.followers, f)
}

func (p *play) followAll(t *rapid.T, f *follower) history {
	opts := esdb.SubscribeToAllOptions{ResolveLinkTos: f.resolve, MaxSearchWindow: 3}
	var from uint64
	opts.From, from = p.somewhere(t)
	passes := func(entry) bool { return true }
	switch rapid.SampledFrom([]string{"", "type", "stream", "regex"}).Draw(t, "filter") {
	case "type":
		opts.Filter = &esdb.SubscriptionFilter{Type: esdb.EventFilterType, Prefixes: []string{"sa", "$m"}}
		passes = func(e entry) bool { return strings.HasPrefix(e.kind, "sa") || strings.HasPrefix(e.kind, "$m") }
	case "stream":
		opts.Filter = &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"a"}}
		passes = func(e entry) bool { return strings.HasPrefix(e.stream, "a") }
	case "regex":
		opts.Filter = &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Regex: "a$"}
		passes = func(e entry) bool { return strings.HasSuffix(e.stream, "a") }
	}
	var err error
	f.subscription, err = p.client.SubscribeToAll(p.ctx, opts)
	require.NoError(t, err)
	_, end := opts.From.(esdb.End)
	after := func(e entry) bool { return e.position > from || from == 0 }
	f.wants = func(e entry) bool { return passes(e) && (end || after(e)) }
	return p.history.where(func(e entry) bool { return after(e) && passes(e) })
}

func (p *play) followStream(t *rapid.T, f *follower) history {
	f.stream = someStream.Draw(t, "stream")
	opts := esdb.SubscribeToStreamOptions{ResolveLinkTos: f.resolve}
	after := rapid.Int64Range(-2, p.history.last(f.stream)+2).Draw(t, "from")
	opts.From = esdb.Revision(uint64(after))
	switch after {
	case -1:
		opts.From = esdb.Start{}
	case -2:
		opts.From, after = esdb.End{}, p.history.last(f.stream)
	}
	var err error
	f.subscription, err = p.client.SubscribeToStream(p.ctx, f.stream, opts)
	if p.history.ended(f.stream) {
		require.Equal(t, esdb.ErrorCodeStreamDeleted, codeOf(err))
		return nil
	}
	require.NoError(t, err)
	f.wants = func(e entry) bool { return e.stream == f.stream && e.revision > after }
	return p.history.shown(f.stream).where(func(e entry) bool { return e.revision > after })
}

// next is the next thing the subscription says beside checkpoints.
func (f *follower) next(t *rapid.T) *esdb.SubscriptionEvent {
	for {
		e := f.subscription.Recv()
		if e.SubscriptionDropped != nil {
			require.NoError(t, e.SubscriptionDropped.Error)
		}
		if e.CheckPointReached == nil {
			return e
		}
	}
}

// check sees that all followers get what has happened since they were last checked.
func (p *play) check(t *rapid.T) {
	following := p.followers[:0]
	for _, f := range p.followers {
		over := false
		for ; f.seen < len(p.history); f.seen++ {
			if e := p.history[f.seen]; f.wants(e) {
				p.same(t, f.resolve, e, f.next(t).EventAppeared)
				over = f.stream != "" && e.revision == endless
			}
		}
		if !over {
			following = append(following, f)
			continue
		}
		dropped := f.subscription.Recv().SubscriptionDropped
		require.NotNil(t, dropped)
		require.Equal(t, codes.FailedPrecondition, status.Code(dropped.Error))
		f.subscription.Close()
	}
	p.followers = following
}
