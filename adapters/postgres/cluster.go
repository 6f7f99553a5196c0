package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// role is the name under which we and whoever may connect are known to the database.
const role = "skein"

// ErrInUse is returned for a cluster that another process serves.
var ErrInUse = errors.New("another process serves the database in this folder")

// A Cluster is a folder with databases, ready to be served and locked against
// anyone else who would.
type Cluster struct {
	account
	bin    programs
	home   string // everything of it
	data   string // what Postgres calls the data directory
	socket string // where its socket is
	lock   *os.File
	log    *slog.Logger
}

// Prepare finds the cluster or makes it, and stops a server that was left behind
// by a process that was killed. It returns ErrNotInstalled and ErrInUse.
func Prepare(ctx context.Context, cfg ServerConfig) (*Cluster, error) {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	home, as, err := settle(ctx, cfg.Dir)
	if err != nil {
		return nil, err
	}
	c := &Cluster{account: as, home: home, data: filepath.Join(home, "data"), log: cfg.Log}
	if c.lock, err = lock(home); err != nil {
		return nil, err
	}
	if err := c.prepare(ctx, cfg.Cache); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// prepare makes the cluster, or ends what is left of a server of it.
func (c *Cluster) prepare(ctx context.Context, cache string) error {
	version, err := os.ReadFile(filepath.Join(c.data, "PG_VERSION"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if c.bin, err = locate(strings.TrimSpace(string(version))); err != nil {
		return err
	}
	if version == nil {
		err = c.create(ctx, cache)
	} else {
		err = c.evict(ctx)
	}
	if err != nil {
		return err
	}
	c.socket, err = c.shortPlace()
	return err
}

// lock takes a folder until the file is closed or we are gone, however we went.
func lock(folder string) (*os.File, error) {
	f, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %s", ErrInUse, folder), f.Close())
	}
	return f, nil
}

// Command returns what runs the server, with the given settings over those of this
// package. When ctx is done it is asked to stop, and is not asked any more if it takes long.
func (c *Cluster) Command(ctx context.Context, settings ...string) *exec.Cmd {
	args := []string{"-D", c.data, "-c", `unix_socket_directories="` + c.socket + `"`}
	for _, s := range slices.Concat(always, settings) {
		args = append(args, "-c", s)
	}
	cmd := c.command(ctx, c.data, c.bin.postgres, args...)
	cmd.Cancel = func() error {
		time.AfterFunc(patience, func() { _ = cmd.Process.Signal(syscall.SIGQUIT) })
		return cmd.Process.Signal(syscall.SIGINT)
	}
	cmd.WaitDelay = patience + 2*time.Second
	return cmd
}

// Close lets the folder go. The server has been stopped.
func (c *Cluster) Close() error {
	var err error
	if c.socket != "" && c.socket != c.home {
		err = os.RemoveAll(c.socket)
	}
	return errors.Join(err, c.lock.Close())
}
