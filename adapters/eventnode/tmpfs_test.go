package eventnode_test

import (
	"crypto/rand"
	"encoding/base64"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// smallDisk is the variable that tells a child where to mount a disk of 64 MiB.
const smallDisk = "SKEIN_SMALL_DISK"

const smallSize = 64 << 20

// A disk of 64 MiB is filled until it takes no more. It runs in a name space of its own,
// where mounting takes no rights, or on a disk that is only thought of.
func TestASmallDiskIsFilledAndGoesOnWhenThereIsSpace(t *testing.T) {
	dir := os.Getenv(smallDisk)
	if dir == "" {
		child := exec.Command(os.Args[0], "-test.v", "-test.run=^"+t.Name()+"$")
		child.Env = append(os.Environ(), eventnode.Lonely+"=yes", smallDisk+"="+t.TempDir())
		child.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
			UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
		}
		said, err := child.CombinedOutput()
		if child.ProcessState == nil {
			t.Logf("no name space to mount a disk in: %v", err)
			fillThoughtOf(t)
			return
		}
		require.NoError(t, err, "%s", said)
		t.Logf("%s", said)
		return
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64m"); err != nil {
		t.Logf("a disk of 64 MiB cannot be mounted: %v", err)
		fillThoughtOf(t)
		return
	}
	defer syscall.Unmount(dir, 0)
	ballast := filepath.Join(dir, "ballast")
	require.NoError(t, os.WriteFile(ballast, make([]byte, 32<<20), 0o600))
	fillUp(t, quiet(filepath.Join(dir, "node")), func() error { return os.Remove(ballast) })
}

// fillThoughtOf fills a disk in memory that takes 64 MiB.
func fillThoughtOf(t *testing.T) {
	t.Log("a disk in memory that takes 64 MiB stands in for it")
	d, ballast := newDisk(), int64(32<<20)
	d.fail(func(o operation) error {
		used := ballast
		names, _ := d.List("node")
		for _, name := range names {
			if info, err := d.Stat("node/" + name); err == nil {
				used += info.Size()
			}
		}
		if o.does != "sync" && used > smallSize {
			return syscall.ENOSPC
		}
		return nil
	})
	cfg := quiet("node")
	cfg.FS = d
	fillUp(t, cfg, func() error {
		d.mu.Lock()
		defer d.mu.Unlock()
		ballast = 0
		return nil
	})
}

// fillUp fills the disk of a node and then makes space.
func fillUp(t *testing.T, cfg eventnode.Config, makeSpace func() error) {
	n, err := eventnode.Start(cfg)
	require.NoError(t, err)
	c := dial(t, n)
	var acks []ack
	write := func() error {
		noise := make([]byte, 300_000)
		rand.Read(noise)
		e := said(0, 1)[0]
		e.Data = []byte(`"` + base64.StdEncoding.EncodeToString(noise) + `"`)
		w, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, e)
		if err == nil {
			acks = append(acks, ack{"ada", w.NextExpectedVersion, w.CommitPosition, []uuid.UUID{e.EventID}})
		}
		return err
	}
	for err == nil {
		require.Less(t, len(acks), 1000, "the disk is full some time")
		err = write()
	}
	filled, slowest := len(acks), time.Duration(0)
	for range 20 {
		begun := time.Now()
		err := write()
		slowest = max(slowest, time.Since(begun))
		require.Equal(t, esdb.ErrorUnavailable, codeOf(err))
		require.ErrorContains(t, err, "the disk of the event node is full")
	}
	require.Less(t, slowest, 10*time.Second)
	before := everything(t, c)
	kept(t, acks, before, math.MaxUint64)
	require.NoError(t, makeSpace())
	require.Eventually(t, func() bool { return write() == nil }, 10*time.Second, 10*time.Millisecond)
	for range 20 {
		require.NoError(t, write())
	}
	kept(t, acks, everything(t, c), math.MaxUint64)
	require.NoError(t, n.Close())
	n, err = eventnode.Start(cfg)
	require.NoError(t, err)
	kept(t, acks, everything(t, dial(t, n)), math.MaxUint64)
	r, err := n.Verify(t.Context())
	require.NoError(t, err)
	require.Empty(t, r.Problems)
	require.NoError(t, n.Close())
	t.Logf("%d appends of 400 kB filled the disk, %d more found space; the slowest refusal took %v", filled, len(acks)-filled, slowest)
}
