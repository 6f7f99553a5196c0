package eventnode

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// ErrInUse is the refusal to open a folder that a node has open.
var ErrInUse = errors.New("another event node has this folder open, and only one event node can")

// folder is where a store lies. It is locked as long as a node runs there, however
// often that has to open the store.
type folder struct {
	cfg   Config
	fs    vfs.FS
	lock  *pebble.Lock
	cache *pebble.Cache
}

func openFolder(cfg Config) (*folder, error) {
	f := &folder{cfg: cfg, fs: cfg.FS}
	own := private{vfs.Default}
	if f.fs == nil {
		f.fs = own
	}
	err := f.fs.MkdirAll(cfg.Dir, ownFolder)
	if err != nil {
		return nil, fmt.Errorf("make the folder of the event node: %w", err)
	}
	if f.fs == own {
		if err := own.shut(cfg.Dir); err != nil {
			return nil, err
		}
	}
	if f.lock, err = pebble.LockDirectory(cfg.Dir, f.fs); err != nil {
		if path := (*fs.PathError)(nil); !errors.As(err, &path) {
			err = fmt.Errorf("%w: %w", ErrInUse, err)
		}
		return nil, fmt.Errorf("lock %s: %w", cfg.Dir, err)
	}
	size := cfg.CacheSize
	if size == 0 {
		size = 64 << 20
	}
	f.cache = pebble.NewCache(size)
	return f, nil
}

func (f *folder) close() error {
	f.cache.Unref()
	return f.lock.Close()
}

// open opens the store behind a guard of its own. When the disk is too full for that, no
// table is left of the try.
func (f *folder) open() (*store, error) {
	before, err := f.tables()
	if err != nil {
		return nil, fmt.Errorf("look at the tables of the event store: %w", err)
	}
	s, err := f.openAs(false)
	if !errors.Is(err, syscall.ENOSPC) {
		return s, err
	}
	err = fmt.Errorf("%w: make space on it: %w", errFull, err)
	return nil, errors.Join(err, f.sweep(before))
}

// openAs opens the store, perhaps only to read it, which needs no space.
func (f *folder) openAs(readOnly bool) (*store, error) {
	if err := reportTornLog(f.fs, f.cfg.Dir, f.cfg.log()); err != nil {
		return nil, fmt.Errorf("check the log of the event store: %w", err)
	}
	if err := checkManifest(f.fs, f.cfg.Dir); err != nil {
		return nil, fmt.Errorf("check the tables of the event store: %w", err)
	}
	g := newGuard(f.fs, f.cfg.Dir, f.cfg.log())
	options := f.options(g)
	options.ReadOnly = readOnly
	type result struct {
		db  *pebble.DB
		err error
	}
	opened := make(chan result, 1)
	go func() {
		db, err := pebble.Open(f.cfg.Dir, options)
		opened <- result{db, err}
	}()
	var r result
	select {
	case r = <-opened:
	case <-g.failed:
		_, r.err = g.state()
	}
	if r.err != nil {
		g.fail(r.err)
		return nil, fmt.Errorf("open the event store in %s: %w", f.cfg.Dir, r.err)
	}
	g.patient.Store(true)
	return &store{db: r.db, guard: g, folder: f, readOnly: readOnly}, nil
}

func (f *folder) options(g *guard) *pebble.Options {
	o := &pebble.Options{
		FS:                          g,
		Logger:                      pebbleLog{f.cfg.log(), g},
		FormatMajorVersion:          pebble.FormatValueSeparation,
		Cache:                       f.cache,
		MemTableSize:                8 << 20,
		MemTableStopWritesThreshold: 4,
		L0CompactionThreshold:       4,
		L0StopWritesThreshold:       1000,
		MaxOpenFiles:                1000,
	}
	o.EventListener = &pebble.EventListener{
		BackgroundError: func(err error) { o.Logger.Errorf("%v", err) },
		DataCorruption:  func(damage pebble.DataCorruptionInfo) { o.Logger.Errorf("%s", damage) },
	}
	for i := range o.Levels {
		o.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
		o.Levels[i].BlockSize = 16 << 10
	}
	return o
}
