package eventnode

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Offline is the store of a folder in which no node runs, for the work of an operator.
// No node can be started there until it is closed.
type Offline struct{ store *store }

// Open opens the store in cfg.Dir without serving it, if its disk is full to be read
// only. It fails with ErrInUse when a node
// has the folder open.
func Open(cfg Config) (*Offline, error) {
	f, err := openFolder(cfg)
	if err != nil {
		return nil, err
	}
	s, err := f.open()
	if errors.Is(err, errFull) {
		full := err
		if s, err = f.openAs(true); err != nil {
			err = errors.Join(full, err)
		}
	}
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	return &Offline{s}, nil
}

// ErrFull is the refusal to change a store for which there is no space. It can be
// verified, exported and backed up elsewhere.
var ErrFull = fmt.Errorf("%w: make space on it, or back the store up or export it to another", errFull)

// writable refuses a store that could only be opened to be read.
func (o *Offline) writable() error {
	if o.store.readOnly {
		return ErrFull
	}
	return nil
}

// Close closes the store.
func (o *Offline) Close() error { return o.store.close() }

// Scavenge does what Node.Scavenge does.
func (o *Offline) Scavenge(ctx context.Context) (Scavenged, error) {
	if err := o.writable(); err != nil {
		return Scavenged{}, err
	}
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
