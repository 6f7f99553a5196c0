// Package eventnode is an event store in one process: a gRPC server that the
// official client of EventStoreDB cannot tell from a single-node database, and
// that keeps its events in Pebble.
//
// An append goes through one writer, which decides on it, gives its events their
// positions and hands it to Pebble's log; it is answered, and shown to readers,
// once the log is synced. Readers and subscriptions see the journal up to the last
// synced position and no further, so nobody ever sees an event that a power cut
// could take back.
//
// When the disk fails, appends are refused until the store was opened again, which the
// node does by itself; when the disk is full, until there is space. Reads go on.
//
// An operator scavenges, backs up, verifies and exports through Node, through Reach from
// another process, and through Open when no node runs.
//
// Persistent subscriptions, server-side projections and BatchAppend are not part of
// the node: they answer Unimplemented and are not advertised.
package eventnode

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"google.golang.org/grpc"
)

// Config says how a node runs. Zero values mean: a unix socket in Dir, logs to
// slog.Default, the real file system and the limits of a real server.
type Config struct {
	Dir    string       // where the data lies; made with mode 0700
	Listen string       // "host:port" for TCP, "" for the unix socket Dir/node.sock
	Log    *slog.Logger // where the node reports to
	FS     vfs.FS       // nil is the real file system

	TLS      *tls.Config // the certificate to show; nil is plain text
	Users    Users       // who may use the node, which takes TLS; the zero Users is everybody
	Insecure bool        // listens where other machines can reach it without TLS or users

	MaxAppendSize int   // bytes of one append, 0 is 1 MiB
	CacheSize     int64 // bytes of the cache for blocks of the store, 0 is 64 MiB
}

func (cfg Config) log() *slog.Logger {
	if cfg.Log == nil {
		return slog.Default()
	}
	return cfg.Log
}

// patience is how long Close waits for calls that are under way.
const patience = 2 * time.Second

// Node is a running event node.
type Node struct {
	log      *slog.Logger
	engine   atomic.Pointer[engine]
	tail     *tail
	counts   *counts
	users    Users
	mended   sync.WaitGroup
	listener *handshakes
	cleanUp  func() error
	server   *grpc.Server
	served   chan error
	closing  chan struct{}
	close    func() error

	maxAppendSize int
	strangers     strangers
	turn          *turn
	door          *door // nil if nobody could find it
}

// Start opens the store in cfg.Dir, checks its last writes, listens and serves.
// It fails when another node has the folder open.
func Start(cfg Config) (*Node, error) {
	n := &Node{
		log:           cfg.log(),
		served:        make(chan error, 1),
		closing:       make(chan struct{}),
		tail:          newTail(0),
		users:         cfg.Users,
		maxAppendSize: cfg.MaxAppendSize,
		turn:          newTurn(),
	}
	n.counts = newCounts(n)
	n.close = sync.OnceValue(n.stop)
	if n.maxAppendSize == 0 {
		n.maxAppendSize = 1 << 20
	}
	st, err := openStore(cfg)
	if err != nil {
		return nil, err
	}
	if err := n.run(st); err != nil {
		return nil, errors.Join(err, st.close())
	}
	listener, cleanUp, err := listen(cfg)
	if err != nil {
		n.writer().stop()
		return nil, errors.Join(err, st.close())
	}
	n.listener, n.cleanUp = newHandshakes(listener), cleanUp
	if n.door, err = openDoor(n, cfg); err != nil {
		n.writer().stop()
		return nil, errors.Join(err, n.listener.Close(), n.cleanUp(), st.close())
	}
	n.mended.Go(n.mend)
	n.server = newServer(n, cfg)
	go func() { n.served <- n.server.Serve(n.listener) }()
	n.log.Info("event node is up", "target", n.Target(), "dir", cfg.Dir, "position", n.tail.last())
	return n, nil
}

// Target is what the official client takes as the address of the node:
// "unix:///…/node.sock" or "host:port".
func (n *Node) Target() string {
	if n.listener.Addr().Network() == "unix" {
		return "unix://" + n.listener.Addr().String()
	}
	return n.listener.Addr().String()
}

// Close ends what is under way within two seconds, though clients hang on, and
// closes the store. Appends that were not answered may or may not have happened.
func (n *Node) Close() error { return n.close() }

func (n *Node) stop() error {
	close(n.closing)
	n.listener.cut()
	hard := time.AfterFunc(patience, n.server.Stop)
	n.server.GracefulStop()
	hard.Stop()
	err := <-n.served
	if errors.Is(err, grpc.ErrServerStopped) { // before it served
		err = nil
	}
	n.mended.Wait()
	err = errors.Join(err, n.door.close())
	n.writer().stop()
	if err = errors.Join(err, n.cleanUp(), n.store().close()); err != nil {
		return fmt.Errorf("close the event node: %w", err)
	}
	n.log.Info("event node is down", "position", n.tail.last())
	return nil
}
