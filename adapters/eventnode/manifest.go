package eventnode

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/atomicfs"
)

// Pebble's list of its tables is written in blocks; a write has a checksum, a length and
// a kind before it.
const (
	manifestBlock  = 32 << 10
	manifestHeader = 4 + 2 + 1
	diskSector     = 512
)

// checkManifest refuses a store whose list of tables is damaged. Pebble takes whatever it
// cannot read there for a write that the power was cut in, and goes on with the tables
// before: without what was written since, though the logs of that are gone.
func checkManifest(fs vfs.FS, dir string) error {
	name, err := atomicfs.ReadMarker(fs, dir, "manifest")
	if err != nil || name == "" {
		return err
	}
	f, err := fs.Open(fs.PathJoin(dir, name))
	if err != nil {
		return err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	at := 0
	for at+manifestHeader <= len(b) {
		if left := manifestBlock - at%manifestBlock; left < manifestHeader {
			at += left
			continue
		}
		end := writeEnd(b, at)
		if end <= len(b) && isWrite(b[at:end]) {
			at = end
			continue
		}
		if tornManifest(b, at) {
			return nil
		}
		return fmt.Errorf("%s is damaged after %d bytes: restore a backup", name, at)
	}
	return nil
}

func writeEnd(b []byte, at int) int {
	return at + manifestHeader + int(binary.LittleEndian.Uint16(b[at+4:]))
}

// isWrite says whether b is what its checksum says.
func isWrite(b []byte) bool {
	c := crc32.Checksum(b[6:], crc32.MakeTable(crc32.Castagnoli))
	return binary.LittleEndian.Uint32(b) == (c>>15|c<<17)+0xa282ead8
}

// tornManifest says whether the last write can be unfinished, of which a disk keeps whole
// sectors: one has nothing in it, or the end is missing.
func tornManifest(b []byte, at int) bool {
	for from := at; from < len(b); from = (from/diskSector + 1) * diskSector {
		sector := b[from:min(len(b), (from/diskSector+1)*diskSector)]
		if !slices.ContainsFunc(sector, func(c byte) bool { return c != 0 }) {
			return true
		}
	}
	if writeEnd(b, at) <= len(b) {
		return false
	}
	for end := at + manifestHeader; end <= len(b); end++ {
		if isWrite(b[at:end]) { // all is there, but for the length
			return false
		}
	}
	return true
}
