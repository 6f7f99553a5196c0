package eventnode_test

import (
	"context"
	"log/slog"
	"math"
	"slices"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"skein/adapters/eventnode"
)

// Whatever is done to a node, it answers as its history says it must.
func TestANodeIsWhatItsHistorySays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := &play{ctx: t.Context(), fs: vfs.NewMem()}
		p.open(t)
		defer p.close(t)
		t.Repeat(map[string]func(*rapid.T){
			"append":      p.append,
			"append more": p.append,
			"describe":    p.describe,
			"link":        p.link,
			"delete":      p.delete,
			"tombstone":   p.tombstone,
			"read stream": p.readStream,
			"read all":    p.readAll,
			"follow":      p.follow,
			"restart":     p.restart,
			"":            p.check,
		})
	})
}

// play is a node and the history that it ought to have.
type play struct {
	ctx       context.Context
	fs        vfs.FS
	node      *eventnode.Node
	client    *esdb.Client
	history   history
	ids       uint64 // that were made so far
	followers []*follower
}

func (p *play) open(t *rapid.T) {
	var err error
	p.node, err = eventnode.Start(eventnode.Config{
		Dir: "node", FS: p.fs, Log: slog.New(slog.DiscardHandler), CacheSize: 1 << 20,
	})
	require.NoError(t, err)
	cfg, err := esdb.ParseConnectionString("esdb://localhost:2113?tls=false")
	require.NoError(t, err)
	cfg.Address, cfg.Logger = p.node.Target(), func(esdb.LogLevel, string, ...any) {}
	p.client, err = esdb.NewClient(cfg)
	require.NoError(t, err)
}

func (p *play) close(t *rapid.T) {
	for _, f := range p.followers {
		f.subscription.Close()
	}
	p.followers = nil
	require.NoError(t, p.client.Close())
	require.NoError(t, p.node.Close())
}

func (p *play) restart(t *rapid.T) {
	p.close(t)
	p.open(t)
}

// learn sees that the node has the events that the history has since it last learnt,
// and takes over their positions.
func (p *play) learn(t *rapid.T) {
	known := slices.IndexFunc(p.history, func(e entry) bool { return e.position == 0 })
	if known < 0 {
		return
	}
	from := uint64(1)
	if known > 0 {
		from = p.history[known-1].position + 1
	}
	r, err := p.client.ReadAll(p.ctx, esdb.ReadAllOptions{From: esdb.Position{Commit: from, Prepare: from}}, math.MaxInt32)
	require.NoError(t, err)
	found := collect(t, r)
	require.Len(t, found, len(p.history)-known)
	for i, e := range found {
		position := e.Event.Position.Commit
		require.GreaterOrEqual(t, position, from)
		p.history[known+i].position, from = position, position+1
		p.same(t, false, p.history[known+i], e)
	}
}
