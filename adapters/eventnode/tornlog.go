package eventnode

import (
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
// that lost its end. The store goes on with the writes before.
func reportTornLog(fs vfs.FS, dir string, log *slog.Logger) error {
	logs, err := wal.Scan(wal.Dir{FS: fs, Dirname: dir})
	if err != nil || len(logs) == 0 {
		return err
	}
	newest := logs[len(logs)-1]
	r := newest.OpenForRead()
	writes, at := 0, wal.Offset{}
	for err == nil {
		if _, at, err = r.NextRecord(); err == nil {
			writes++
		}
	}
	switch {
	case errors.Is(err, io.EOF):
	case errors.Is(err, record.ErrUnexpectedEOF):
		log.Warn("event node: the log ends in an unfinished write, and is good up to there",
			"log", at.PhysicalFile, "bytes", at.Physical, "writes", writes)
	default:
		return errors.Join(fmt.Errorf("read %s, of which %d bytes are good: %w", at.PhysicalFile, at.Physical, err), r.Close())
	}
	return r.Close()
}
