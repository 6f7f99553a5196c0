package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// patience is how long a server may take to stop when asked, before it is told.
const patience = 4 * time.Second

// evict stops whatever still serves the cluster. We hold the lock of its folder, so
// that is a server whose process was killed before it could stop it, or what is left
// of a server that was killed itself. It is stopped rather than adopted: only a child
// can be waited for, and tied to our life.
//
// Its two lock files then name a process that is gone, and go too. Postgres would
// believe them if by now that number were somebody else's, as in a container that is
// started again, or if nobody had taken notice of the death.
func (c *Cluster) evict(ctx context.Context) error {
	left, ok := c.residents()
	if !ok {
		return nil // Postgres refuses to start beside another, where we cannot see it
	}
	leader := c.postmaster()
	if slices.Contains(left, leader) {
		c.log.Warn("stopping a Postgres that was left behind", "pid", leader)
		_ = syscall.Kill(leader, syscall.SIGINT)
		left = c.wait(ctx, patience)
	}
	for _, signal := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGKILL} {
		for _, pid := range left {
			_ = syscall.Kill(pid, signal) // what is gone by now need not be told
		}
		left = c.wait(ctx, patience)
	}
	if len(left) > 0 {
		return fmt.Errorf("processes %v still serve the database in %s", left, c.home)
	}
	return errors.Join(
		os.RemoveAll(filepath.Join(c.data, "postmaster.pid")),
		os.RemoveAll(filepath.Join(c.home, socketName+".lock")),
	)
}

// wait returns who is still there once nobody is, or once it has waited enough.
func (c *Cluster) wait(ctx context.Context, enough time.Duration) []int {
	ctx, cancel := context.WithTimeout(ctx, enough)
	defer cancel()
	for {
		left, _ := c.residents()
		if len(left) == 0 || ctx.Err() != nil {
			return left
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// residents lists the processes of Postgres that live in the data directory, as the
// server and all of its children do. It is not ok where the system has no /proc.
func (c *Cluster) residents() (pids []int, ok bool) {
	here, err := os.Stat(c.data)
	if err != nil {
		return nil, false
	}
	entries, err := os.ReadDir("/proc")
	for _, entry := range entries {
		pid, notANumber := strconv.Atoi(entry.Name())
		if notANumber != nil {
			continue
		}
		if lives, err := os.Stat(filepath.Join("/proc", entry.Name(), "cwd")); err != nil || !os.SameFile(here, lives) {
			continue
		}
		if name, _ := os.ReadFile(filepath.Join("/proc", entry.Name(), "comm")); strings.TrimSpace(string(name)) == "postgres" {
			pids = append(pids, pid)
		}
	}
	return pids, err == nil
}

// postmaster returns the server that postmaster.pid names, 0 for none.
func (c *Cluster) postmaster() int {
	lines := c.lockLines()
	pid, _ := strconv.Atoi(lines[0])
	return pid
}

// ready reports whether the server takes connections.
func (c *Cluster) ready() bool {
	const status = 7
	lines := c.lockLines()
	return len(lines) > status && strings.TrimSpace(lines[status]) == "ready"
}

// lockLines are those of postmaster.pid, of which there is at least one.
func (c *Cluster) lockLines() []string {
	text, _ := os.ReadFile(filepath.Join(c.data, "postmaster.pid")) // none: nobody serves
	return strings.Split(string(text), "\n")
}
