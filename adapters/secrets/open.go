package secrets

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// mostMaterial bounds the bytes of a key file.
const mostMaterial = 64 << 10

// ErrReadable is the error for a key file that others than its owner could read
// or write, or that is no ordinary file.
var ErrReadable = errors.New("key file must be an ordinary file of mode 0600")

// Open reads the keys from fromEnv when that is not empty, and from keyFile
// otherwise. A key file that does not exist is made, with a fresh key and mode
// 0600, and is on the disk for good before Open returns: nothing is ever sealed
// with a key that a power cut could take away. An empty file is an error and not
// filled: its key is lost.
//
// The errors are ErrKeys, ErrReadable or those of the file system, wrapped; none
// of them holds key material.
func Open(keyFile string, fromEnv string) (*Keys, error) {
	if fromEnv != "" {
		return parse(fromEnv)
	}
	material, err := read(keyFile)
	if errors.Is(err, fs.ErrNotExist) {
		if err := generate(keyFile); err != nil {
			return nil, fmt.Errorf("generate key file: %w", err)
		}
		material, err = read(keyFile)
	}
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	keys, err := parse(material)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", keyFile, err)
	}
	return keys, nil
}

func read(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s: %w", path, ErrReadable)
	}
	material, err := io.ReadAll(io.LimitReader(f, mostMaterial))
	return string(material), err
}

// generate makes the key file. It appears whole or not at all, and of several
// processes that start together one makes it and the others find it.
func generate(path string) error {
	folder := filepath.Dir(path)
	f, err := os.CreateTemp(folder, ".key-*") // its mode is 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	key := make([]byte, 32)
	rand.Read(key) // never fails
	_, err = fmt.Fprintln(f, base64.StdEncoding.EncodeToString(key))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(folder)
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
