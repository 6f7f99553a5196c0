package eventnode

import (
	"bytes"
	"io"
	"maps"
	"math/rand/v2"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// wreck is what is known of a disk at a power cut: what was synced, with its folders and
// of each file, and what there was.
type wreck struct {
	folders, whole *vfs.MemFS
	synced         map[string][]byte
	names          []string // of the files there were
}

func (s *stops) wreck(dir string) wreck {
	names, _ := s.List(dir)
	return wreck{
		s.CrashClone(vfs.CrashCloneCfg{}),
		s.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: rand.New(rand.NewPCG(0, 0))}),
		maps.Clone(s.synced), names,
	}
}

// loss is how a disk loses what was not synced: what becomes of a file of which this is
// synced and that was written.
type loss func(synced, written []byte, random *rand.Rand) []byte

// losses is every way to lose something.
var losses = map[string]loss{
	"drops unsynced":    func(synced, _ []byte, _ *rand.Rand) []byte { return synced },
	"keeps a prefix":    keepPrefix,
	"tears at 512":      tearSector,
	"reorders unsynced": reorder,
}

func keepPrefix(synced, written []byte, random *rand.Rand) []byte {
	from := common(synced, written)
	kept := from + random.IntN(len(written)-from+1)
	return append(bytes.Clone(written[:kept]), synced[min(kept, len(synced)):]...)
}

func tearSector(synced, written []byte, random *rand.Rand) []byte {
	const sector = 512
	first := common(synced, written) / sector
	kept := (first + random.IntN(len(written)/sector-first+1)) * sector
	left := append(bytes.Clone(written[:kept]), synced[min(kept, len(synced)):]...)
	return append(left, make([]byte, max(0, len(written)-len(left)))...)
}

func reorder(synced, written []byte, random *rand.Rand) []byte {
	block := []int{512, 4096}[random.IntN(2)]
	left := bytes.Clone(synced)
	for at := 0; at < len(written); at += block {
		if random.IntN(2) == 0 {
			continue
		}
		end := min(at+block, len(written))
		left = append(left, make([]byte, max(0, end-len(left)))...)
		copy(left[at:], written[at:end])
	}
	return left
}

// common is how long two texts are the same.
func common(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// left is the folder as the power cut leaves it. Changes of the folder that were not synced
// are there, unless everything is dropped; where blocks are reordered that is left to chance.
func (w wreck) left(dir, way string, random *rand.Rand) *vfs.MemFS {
	if way == "drops unsynced" {
		return w.folders.CrashClone(vfs.CrashCloneCfg{})
	}
	names := w.names
	if way == "reorders unsynced" && random.IntN(2) == 0 {
		names, _ = w.folders.List(dir)
	}
	disk := vfs.NewCrashableMem()
	disk.MkdirAll(dir, 0o700)
	for _, name := range names {
		path := disk.PathJoin(dir, name)
		written, _ := content(w.whole, path)
		lay(disk, path, losses[way](w.synced[path], written, random))
	}
	flush(disk, "")
	return flush(disk, dir)
}

func content(disk *vfs.MemFS, path string) ([]byte, bool) {
	f, err := disk.Open(path)
	if err != nil {
		return nil, false
	}
	defer f.Close()
	b, _ := io.ReadAll(f)
	return b, true
}

func lay(disk *vfs.MemFS, path string, content []byte) {
	f, _ := disk.Create(path, vfs.WriteCategoryUnspecified)
	f.Write(bytes.Clone(content)) // a disk in memory may scribble over what it was given
	f.Sync()
	f.Close()
}

func flush(disk *vfs.MemFS, dir string) *vfs.MemFS {
	f, _ := disk.OpenDir(dir)
	f.Sync()
	f.Close()
	return disk
}
