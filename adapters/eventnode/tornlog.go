package eventnode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/cockroachdb/pebble/v2/record"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/wal"
)

// reportTornLog says so when the newest log of a store that is about to be opened ends
// in something that is no write. A node that is killed leaves the beginning of a write
// that nobody was answered for, or what an older log had there; whatever else ends like
// that lost its end. The store goes on with the writes before. A log that goes on behind
// what is taken for its end is refused.
func reportTornLog(fs vfs.FS, dir string, log *slog.Logger) error {
	logs, err := wal.Scan(wal.Dir{FS: fs, Dirname: dir})
	if err != nil {
		return err
	}
	for i, one := range logs {
		if err := reportTorn(fs, one, i == len(logs)-1, log); err != nil {
			return err
		}
	}
	return nil
}

func reportTorn(fs vfs.FS, one wal.LogicalLog, newest bool, log *slog.Logger) (err error) {
	r := one.OpenForRead()
	defer func() { err = errors.Join(err, r.Close()) }()
	writes, at := 0, wal.Offset{}
	for err == nil {
		if _, at, err = r.NextRecord(); err == nil {
			writes++
		}
	}
	switch {
	case errors.Is(err, io.EOF):
		return checkEnd(fs, one.Num, at)
	case !newest: // Pebble reads it if it is needed, and then refuses it
		return nil
	case errors.Is(err, record.ErrUnexpectedEOF):
		log.Warn("event node: the log ends in an unfinished write, and is good up to there",
			"log", at.PhysicalFile, "bytes", at.Physical, "writes", writes)
		return nil
	}
	return fmt.Errorf("read %s, of which %d bytes are good: %w", at.PhysicalFile, at.Physical, err)
}

// checkEnd looks at what Pebble takes for the end of a log, which is anything that bears
// the number of the next. A wrong bit makes that of a write. An end has no checksum and
// no size.
func checkEnd(fs vfs.FS, log wal.NumWAL, at wal.Offset) error {
	const block, writeHeader = 32 << 10, 19
	f, err := fs.Open(at.PhysicalFile)
	if err != nil {
		return err
	}
	defer f.Close()
	from := at.Physical
	if left := block - from%block; left < writeHeader {
		from += left
	}
	var header [11]byte
	n, err := f.ReadAt(header[:], from)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case n < len(header) || binary.LittleEndian.Uint32(header[7:]) != uint32(log)+1:
		return nil
	case [7]byte(header[:7]) != [7]byte{6: 5}:
		return fmt.Errorf("%s is damaged after %d bytes: what looks like its end is none", at.PhysicalFile, from)
	}
	return nil
}
