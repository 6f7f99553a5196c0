package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"skein/adapters/postgres"
	"skein/adapters/postgres/postgrestest"
)

func TestAKilledServerComesBackWithAllItAcknowledged(t *testing.T) {
	t.Parallel()
	cfg := postgrestest.Config(t)
	db := open(t, start(t, cfg).URL())
	prepare(t, db)

	ctx, finish := context.WithCancel(t.Context())
	defer finish()
	acknowledged := make(chan int)
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for n := w; ctx.Err() == nil; n += 4 {
				if keep(ctx, db, n) != nil {
					continue // the next number, later if the server is away
				}
				select {
				case acknowledged <- n:
				case <-ctx.Done():
				}
			}
		})
	}
	var all []int
	for range 3 {
		for range 200 {
			all = append(all, <-acknowledged)
		}
		if err := syscall.Kill(postmaster(t, cfg.Dir), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	for range 200 {
		all = append(all, <-acknowledged)
	}
	finish()
	writers.Wait()
	there := kept(t, db)
	for _, n := range all {
		if !there[n] {
			t.Errorf("%d was acknowledged and is gone", n)
		}
	}
}

func TestAServerEndsWithAProcessThatIsKilled(t *testing.T) {
	t.Parallel()
	cfg := postgrestest.Config(t)
	kill(t, child(t, "tethered", cfg))
	vacated(t, cfg.Dir)

	second := start(t, cfg)
	if !kept(t, open(t, second.URL()))[1] {
		t.Error("what the killed process wrote is gone")
	}
}

func TestAServerThatOutlivedItsProcessIsReplaced(t *testing.T) {
	t.Parallel()
	cfg := postgrestest.Config(t)
	kill(t, child(t, "loose", cfg))
	orphan := postmaster(t, cfg.Dir)

	second := start(t, cfg)
	if now := postmaster(t, cfg.Dir); now == orphan {
		t.Errorf("the server is still process %d", orphan)
	}
	if !kept(t, open(t, second.URL()))[1] {
		t.Error("what the killed process wrote is gone")
	}
}

func TestAllWhoAreKilledAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	cfg := postgrestest.Config(t)
	process := child(t, "tethered", cfg)
	if err := syscall.Kill(postmaster(t, cfg.Dir), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	kill(t, process)
	if !kept(t, open(t, start(t, cfg).URL()))[1] {
		t.Error("what the killed process wrote is gone")
	}
}

func TestWhoeverElseIsInTheFolderIsLeftAlone(t *testing.T) {
	t.Parallel()
	cfg := postgrestest.Config(t)
	kill(t, child(t, "loose", cfg))
	visitor := exec.Command("/bin/sh", "-c", "read -r forever")
	visitor.Dir = filepath.Join(cfg.Dir, "postgres", "data")
	input, err := visitor.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := visitor.Start(); err != nil {
		t.Fatal(err)
	}
	start(t, cfg)
	if err := input.Close(); err != nil {
		t.Error(err)
	}
	if err := visitor.Wait(); visitor.ProcessState.ExitCode() != 1 { // that of a read that found no more
		t.Errorf("the visitor came to harm: %v", err)
	}
}

// TestANumberThatIsSomebodyElsesByNow is about postmaster.pid after a kill, where
// the number it has went to another process of the same account.
func TestANumberThatIsSomebodyElsesByNow(t *testing.T) {
	t.Parallel()
	cfg := postgrestest.Config(t)
	cluster, err := postgres.Prepare(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	other := cluster.Command(t.Context())
	other.Path, other.Args, other.Dir = "/bin/sh", []string{"sh", "-c", "read -r forever"}, "/"
	input, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(other.Start(), cluster.Close()); err != nil {
		t.Fatal(err)
	}
	stale := fmt.Sprintf("%d\n%s\n", other.Process.Pid, filepath.Join(cfg.Dir, "postgres", "data"))
	if err := os.WriteFile(filepath.Join(cfg.Dir, "postgres", "data", "postmaster.pid"), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, cfg)
	if err := input.Close(); err != nil {
		t.Error(err)
	}
	if err := other.Wait(); other.ProcessState.ExitCode() != 1 { // that of a read that found no more
		t.Errorf("the other process came to harm: %v", err)
	}
}
