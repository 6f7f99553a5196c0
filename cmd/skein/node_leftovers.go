package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// unfinished is in the name of a file or folder until it is whole, between the name it
// will have then and something that tells it from others.
const unfinished = ".unfinished-"

// leftovers are the unfinished files or folders beside a path that are to have its name.
func leftovers(path string) (left []string) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil // whoever makes something there is told
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filepath.Base(path)+unfinished) {
			left = append(left, filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
	return left
}

// begin makes the unfinished file that is to become path, locked for as long as it is
// open, and removes those that nobody has locked: their writers were killed.
func begin(path string) (*os.File, error) {
	for _, left := range leftovers(path) {
		if err := removeUnlocked(left); err != nil {
			return nil, err
		}
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+unfinished)
	if err != nil {
		return nil, err
	}
	if err := lock(file); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return nil, errors.Join(err, file.Close(), os.Remove(file.Name()))
	}
	return file, nil
}

func removeUnlocked(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return nil // gone by now, or another's
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() || lock(file) != nil {
		return nil
	}
	return os.Remove(path)
}

func lock(file *os.File) error { return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
