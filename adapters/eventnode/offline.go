package eventnode

import (
	"context"
	"io"
	"time"
)

// Offline is the store of a folder in which no node runs, for the work of an operator.
// No node can be started there until it is closed.
type Offline struct{ store *store }

// Open opens the store in cfg.Dir without serving it. It fails with ErrInUse when a node
// has the folder open.
func Open(cfg Config) (*Offline, error) {
	s, err := openStore(cfg)
	if err != nil {
		return nil, err
	}
	return &Offline{s}, nil
}

// Close closes the store.
func (o *Offline) Close() error { return o.store.close() }

// Scavenge does what Node.Scavenge does.
func (o *Offline) Scavenge(ctx context.Context) (Scavenged, error) {
	last, err := o.store.check()
	if err != nil {
		return Scavenged{}, err
	}
	return o.store.scavenge(ctx, last, time.Now())
}

// Backup does what Node.Backup does.
func (o *Offline) Backup(ctx context.Context, dir string) (BackedUp, error) {
	return o.store.backup(ctx, dir)
}

// Verify does what Node.Verify does.
func (o *Offline) Verify(ctx context.Context) (Report, error) {
	return o.store.verify(ctx, tombstone)
}

// Export does what Node.Export does.
func (o *Offline) Export(ctx context.Context, w io.Writer) error {
	last, err := o.store.check()
	if err != nil {
		return err
	}
	return o.store.export(ctx, last, w)
}
