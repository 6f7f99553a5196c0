package eventnode

import (
	"encoding/binary"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"
)

// A list of tables that a power cut tore is good up to there, however little is left of
// the last write; one with a wrong byte is refused.
func TestATornListOfTablesIsNoDamagedOne(t *testing.T) {
	disk, _ := filled(t)
	whole, known := content(disk, "node/MANIFEST-000001")
	require.True(t, known)
	last := 0
	for at := 0; at < len(whole); at = writeEnd(whole, at) {
		last = at
	}
	for end := last; end <= len(whole); end++ {
		lay(disk, "node/MANIFEST-000001", whole[:end])
		require.NoError(t, checkManifest(disk, "node"), "torn after %d of %d bytes", end, len(whole))
	}
	sector := append(whole[:last:last], make([]byte, len(whole)-last)...)
	lay(disk, "node/MANIFEST-000001", sector)
	require.NoError(t, checkManifest(disk, "node"), "nothing of the last write is there but its length")
	whole[last+manifestHeader]++
	lay(disk, "node/MANIFEST-000001", whole)
	require.ErrorContains(t, checkManifest(disk, "node"), "restore a backup")
}

// A log that is as long as its last write would be, and has nothing in it, is torn.
func TestALogOfNothingIsNotDamaged(t *testing.T) {
	disk := vfs.NewCrashableMem()
	s, err := openStore(on(disk))
	require.NoError(t, err)
	require.NoError(t, s.close())
	for size := range 100 {
		lay(disk, "node/000099.log", make([]byte, size))
		require.NoError(t, reportTornLog(disk, "node", on(disk).Log), "%d bytes", size)
	}
	end := make([]byte, 11)
	end[6] = 5
	binary.LittleEndian.PutUint32(end[7:], 100)
	lay(disk, "node/000099.log", end)
	require.NoError(t, reportTornLog(disk, "node", on(disk).Log), "this is how a log ends")
	end[0]++
	lay(disk, "node/000099.log", end)
	require.ErrorContains(t, reportTornLog(disk, "node", on(disk).Log), "what looks like its end is none")
}
