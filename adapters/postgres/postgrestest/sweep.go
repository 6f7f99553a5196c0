package postgrestest

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// Data folders are made in near with names that begin with prefix. The data of one
// that root's server could not reach lies in far, under a name that begins with the
// folder's.
const near, far, prefix = "/tmp", "/var/lib/skein", "skein-test-"

// remove removes a data folder, and its data from where that may be.
func remove(dir string) error {
	err := os.RemoveAll(dir)
	elsewhere, _ := filepath.Glob(filepath.Join(far, filepath.Base(dir)+"-*")) // the pattern is well formed
	for _, data := range elsewhere {
		err = errors.Join(err, os.RemoveAll(data))
	}
	return err
}

// sweep removes from places what tests that were killed before a time have left
// there, as far as it belongs to one of the owners and lets itself be removed.
func sweep(before time.Time, owners []int, places ...string) {
	for _, place := range places {
		left, _ := filepath.Glob(filepath.Join(place, prefix+"*")) // the pattern is well formed
		for _, folder := range left {
			info, err := os.Lstat(folder)
			if err != nil || !info.IsDir() || !info.ModTime().Before(before) {
				continue
			}
			if slices.Contains(owners, int(info.Sys().(*syscall.Stat_t).Uid)) {
				_ = os.RemoveAll(folder)
			}
		}
	}
}
