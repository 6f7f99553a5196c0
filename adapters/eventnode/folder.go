package eventnode

import (
	"errors"
	"fmt"
	"io/fs"

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
	if f.fs == nil {
		f.fs = vfs.Default
	}
	if err := f.fs.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the event node: %w", err)
	}
	var err error
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

// open opens the store behind a guard of its own.
func (f *folder) open() (*store, error) {
	if err := reportTornLog(f.fs, f.cfg.Dir, f.cfg.log()); err != nil {
		return nil, fmt.Errorf("check the log of the event store: %w", err)
	}
	if err := checkManifest(f.fs, f.cfg.Dir); err != nil {
		return nil, fmt.Errorf("check the tables of the event store: %w", err)
	}
	g := newGuard(f.fs, f.cfg.Dir, f.cfg.log())
	options := f.options(g)
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
	return &store{db: r.db, guard: g, folder: f}, nil
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

// probe finds out whether the disk takes what is written.
func (f *folder) probe() error {
	name := f.fs.PathJoin(f.cfg.Dir, "probe")
	file, err := f.fs.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = file.Write(make([]byte, 64<<10))
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close(), f.fs.Remove(name))
}
