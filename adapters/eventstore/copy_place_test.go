package eventstore_test

import (
	"os"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"pgregory.net/rapid"

	"skein/adapters/eventnode"
	"skein/adapters/eventstore"
)

// official is the client of a node.
func official(t rapid.TB, target string) *esdb.Client {
	cfg, err := esdb.ParseConnectionString("esdb://localhost:2113?tls=false")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Address, cfg.Logger = target, func(esdb.LogLevel, string, ...any) {}
	c, err := esdb.NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// place is a node of its own with its client, for as long as a check lasts.
type place struct {
	*eventnode.Node
	client *esdb.Client
	conn   *eventstore.Connection
	dir    string
}

func newPlace(t *rapid.T, cfg eventnode.Config) place {
	dir, err := os.MkdirTemp("", "copy")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	cfg.Dir, cfg.Log = dir, quiet
	node, err := eventnode.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { node.Close() })
	p := place{Node: node, client: official(t, node.Target()), conn: reach(t, node.Target()), dir: dir}
	t.Cleanup(func() { p.client.Close() })
	return p
}

// reach is a connection for as long as a check lasts.
func reach(t *rapid.T, target string) *eventstore.Connection {
	conn, err := eventstore.Dial(target, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}
