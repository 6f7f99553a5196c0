package postgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
)

// copyFrom makes a cluster by copying the one in the cache, which the first to come makes.
func (c *Cluster) copyFrom(ctx context.Context, cache, folder string) error {
	model := filepath.Join(cache, c.fingerprint())
	if _, err := os.Stat(model); err == nil {
		return copyTree(ctx, model, folder)
	}
	if err := c.initdb(ctx, folder); err != nil {
		return err
	}
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return err
	}
	own, err := os.MkdirTemp(cache, "making-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(own)
	whole := filepath.Join(own, "data")
	if err := copyTree(ctx, folder, whole); err != nil {
		return err
	}
	// Who comes second finds the name taken by as good a copy.
	if err := os.Rename(whole, model); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// fingerprint names all that a new cluster depends on.
func (c *Cluster) fingerprint() string {
	all := fmt.Sprint(c.bin, recipe, access, c.accounts())
	return fmt.Sprintf("postgres-%s-%x", c.bin.release, sha256.Sum256([]byte(all)))[:32]
}

// copyTree copies a folder with its modes and owners to a name that is not there yet.
func copyTree(ctx context.Context, from, to string) error {
	said, err := exec.CommandContext(ctx, "cp", "-Rp", from, to).CombinedOutput()
	if err = cutShort(ctx, err); err != nil {
		return fmt.Errorf("copy %s: %w: %s", from, err, said)
	}
	return nil
}
