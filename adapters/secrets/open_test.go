package secrets

import (
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestMissingFileIsMade(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "key")
	first, err := Open(file, "")
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	sealed, _ := first.Seal([]byte("swordfish"), nil)
	again, err := Open(file, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Unseal(sealed, nil); err != nil {
		t.Error("another key the second time")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// Processes that start together agree on one key.
func TestOneKeyForAll(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "key")
	names := make([]string, 8)
	var all sync.WaitGroup
	for i := range names {
		all.Go(func() {
			k, err := Open(file, "")
			if err != nil {
				t.Error(err)
				return
			}
			names[i] = k.Hash("x")
		})
	}
	all.Wait()
	for _, name := range names {
		if name != names[0] {
			t.Fatalf("several keys: %v", names)
		}
	}
}

func TestFileOthersCanReadIsRefused(t *testing.T) {
	t.Parallel()
	for _, mode := range []fs.FileMode{0o644, 0o640, 0o604, 0o602, 0o620, 0o601, 0o700 | 0o007} {
		file := filepath.Join(t.TempDir(), "key")
		if err := errors.Join(os.WriteFile(file, []byte(key("a")), 0o600), os.Chmod(file, mode)); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(file, ""); !errors.Is(err, ErrReadable) {
			t.Errorf("mode %v: %v", mode, err)
		}
	}
	if _, err := Open(t.TempDir(), ""); !errors.Is(err, ErrReadable) {
		t.Errorf("a folder: %v", err)
	}
}

func TestMaterialFromTheEnvironmentWins(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "key")
	if _, err := Open(file, key("a")+"\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a file was made all the same")
	}
}

// No error quotes key material, however wrong it is.
func TestBadMaterialIsNotQuoted(t *testing.T) {
	t.Parallel()
	secret := strings.Repeat("hunter2!", 4)
	for name, material := range map[string]string{
		"no base64":  secret,
		"too short":  base64.StdEncoding.EncodeToString([]byte(secret[:31])),
		"too long":   base64.StdEncoding.EncodeToString([]byte(secret + "x")),
		"one of two": key("a") + "," + secret,
		"blank":      " \n",
	} {
		file := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(file, []byte(material), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, env := range []string{"", material} {
			_, err := Open(file, env)
			if !errors.Is(err, ErrKeys) || strings.Contains(err.Error(), "hunter2") || len(material) > 2 && strings.Contains(err.Error(), material) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if _, err := Open("", key("h")+" "+key("h")); err == nil || strings.Contains(err.Error(), key("h")) {
		t.Errorf("one key twice: %v", err)
	}
	empty := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(empty, ""); !errors.Is(err, ErrKeys) {
		t.Errorf("an empty file: %v", err)
	}
}
