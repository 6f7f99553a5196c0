package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// recipe is how a cluster is made. Text is compared byte by byte, as Go does, and
// its letters are those of every script.
var recipe = []string{
	"--username=" + role,
	"--encoding=UTF8",
	"--locale=C.UTF-8",
	"--lc-collate=C",
	"--lc-messages=C",
	"--auth=peer",
	"--no-sync",
}

// access is who may connect. The kernel tells the server which account holds the
// other end of the socket, so nothing is taken on trust: root and the account that
// the server runs as (who can read the files anyway) get in, as the one role there
// is, and nobody else does. The mode of the socket and of its folder says the same.
const access = "local all " + role + " peer map=ours\n"

// accounts is the map that access names.
func (a account) accounts() string {
	return fmt.Sprintf("ours %q %s\nours %q %[2]s\n", "root", role, a.name)
}

// create makes the cluster beside its place, and moves it there once it is whole
// and on disk: a crash in between leaves none rather than half of one.
func (c *Cluster) create(ctx context.Context, cache string) error {
	making := filepath.Join(c.home, "making")
	if err := os.RemoveAll(making); err != nil {
		return err
	}
	if cache != "" {
		if err := c.copyFrom(ctx, cache, making); err != nil {
			return err
		}
		return os.Rename(making, c.data)
	}
	if err := c.initdb(ctx, making); err != nil {
		return err
	}
	if err := c.run(ctx, c.bin.initdb, "--sync-only", "--pgdata", making); err != nil {
		return err
	}
	if err := os.Rename(making, c.data); err != nil {
		return err
	}
	return keep(c.home)
}

// initdb makes a cluster in a folder that is not there yet.
func (c *Cluster) initdb(ctx context.Context, folder string) error {
	if err := c.run(ctx, c.bin.initdb, append(slices.Clip(recipe), "--pgdata", folder)...); err != nil {
		return err
	}
	made, err := os.OpenRoot(folder) // where names of another account's making lead nowhere else
	if err != nil {
		return err
	}
	defer made.Close()
	// Both files are there, and stay the account's.
	return errors.Join(
		made.WriteFile("pg_hba.conf", []byte(access), 0o600),
		made.WriteFile("pg_ident.conf", []byte(c.accounts()), 0o600),
	)
}

func (c *Cluster) run(ctx context.Context, program string, args ...string) error {
	cmd := c.command(ctx, c.home, program, args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cutShort(ctx, tethered(cmd)); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(program), err, bytes.TrimSpace(said.Bytes()))
	}
	return nil
}
