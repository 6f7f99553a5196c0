package eventnode

import (
	"bytes"
	"sync"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// stops is a disk that changes one step at a time: it calls at after each write, sync
// and change of a folder, and nothing else happens to it meanwhile.
type stops struct {
	*vfs.MemFS
	mu     sync.Mutex
	at     func()
	synced map[string][]byte // what is synced of each file, whether or not its folder is
}

func newStops() *stops {
	return &stops{MemFS: vfs.NewCrashableMem(), at: func() {}, synced: map[string][]byte{}}
}

func (s *stops) step(do func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := do()
	s.at()
	return err
}

func (s *stops) opened(name string, open func() (vfs.File, error)) (f vfs.File, err error) {
	err = s.step(func() error {
		f, err = open()
		return err
	})
	return &stopsFile{f, s, name}, err
}

func (s *stops) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	return s.opened(name, func() (vfs.File, error) {
		s.synced[name] = nil
		return s.MemFS.Create(name, category)
	})
}

func (s *stops) ReuseForWrite(old, name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	return s.opened(name, func() (vfs.File, error) {
		s.synced[name] = s.synced[old]
		return s.MemFS.ReuseForWrite(old, name, category)
	})
}

func (s *stops) OpenDir(name string) (vfs.File, error) {
	f, err := s.MemFS.OpenDir(name)
	return &stopsFile{f, s, ""}, err
}

func (s *stops) Remove(name string) error {
	return s.step(func() error { return s.MemFS.Remove(name) })
}

func (s *stops) Rename(from, to string) error {
	return s.step(func() error {
		s.synced[to] = s.synced[from]
		return s.MemFS.Rename(from, to)
	})
}

func (s *stops) Link(from, to string) error {
	return s.step(func() error {
		s.synced[to] = s.synced[from]
		return s.MemFS.Link(from, to)
	})
}

type stopsFile struct {
	vfs.File
	disk *stops
	name string // "" is a folder
}

func (f *stopsFile) Write(p []byte) (n int, err error) {
	err = f.disk.step(func() error {
		n, err = f.File.Write(p)
		return err
	})
	return n, err
}

func (f *stopsFile) Sync() error {
	return f.disk.step(func() error {
		if f.name != "" {
			written, err := f.disk.UnsafeGetFileDataBuffer(f.name)
			if err != nil {
				return err
			}
			f.disk.synced[f.name] = bytes.Clone(written)
		}
		return f.File.Sync()
	})
}

func (f *stopsFile) SyncData() error { return f.Sync() }
