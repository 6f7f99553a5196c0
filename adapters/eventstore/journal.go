// Package eventstore keeps the journal in EventStoreDB, a cluster or the embedded
// node, through the official client.
//
// That client does much that the rest of the system must not have to know about: it
// hangs or gives up for ever when a node goes away, ignores contexts while it looks
// for one, and panics when it is closed during a call. All of that ends in
// Connection. Its rule is that a client is warmed up by a single caller, looks for a
// node once in its life, and is replaced as soon as its node is lost.
package eventstore

import (
	"errors"

	"skein/commands"
	"skein/domain"
)

// Journal is a commands.Journal in EventStoreDB. Calls wait for a journal that is
// away until their context is over, or ten seconds when that has no deadline.
type Journal struct {
	conn  *Connection
	codec domain.Codec
	chain *chain // nil: what is recorded carries no hash
}

var (
	_ commands.Journal = (*Journal)(nil)
	_ commands.Ground  = (*Journal)(nil)
	_ commands.Records = (*Journal)(nil)
	_ commands.Annals  = (*Journal)(nil)
)

// NewJournal returns the journal that conn leads to, in the words of codec.
func NewJournal(conn *Connection, codec domain.Codec) *Journal {
	return &Journal{conn, codec, nil}
}

var (
	// ErrDeleted is returned for a stream that was tombstoned: it can neither be
	// read nor written ever again.
	ErrDeleted = commands.ErrTombstoned

	// ErrTooLarge is returned for events that are larger together than one append
	// may be, 1 MiB. None of them was sent.
	ErrTooLarge = errors.New("the events are too large for one append")

	// ErrClosed is returned by calls on a connection that was closed, also by
	// those under way.
	ErrClosed = errors.New("the connection to the journal is closed")
)
