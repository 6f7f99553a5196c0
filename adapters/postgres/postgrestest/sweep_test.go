package postgrestest

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"skein/adapters/postgres"
)

func TestOldFoldersOfOursAreSweptAway(t *testing.T) {
	t.Parallel()
	place, today := t.TempDir(), time.Now()
	yesterday := today.Add(-25 * time.Hour)
	for name, at := range map[string]time.Time{
		"skein-test-1": yesterday, "skein-test-2": today, "skein-3": yesterday,
	} {
		folder := filepath.Join(place, name)
		if err := os.MkdirAll(filepath.Join(folder, "postgres", "data"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(folder, at, at); err != nil {
			t.Fatal(err)
		}
	}
	sweep(today.Add(-24*time.Hour), []int{os.Geteuid() + 1}, place)
	if got := names(t, place); !slices.Equal(got, []string{"skein-3", "skein-test-1", "skein-test-2"}) {
		t.Errorf("of somebody else's only %v are left", got)
	}
	sweep(today.Add(-24*time.Hour), []int{os.Geteuid()}, place)
	if got := names(t, place); !slices.Equal(got, []string{"skein-3", "skein-test-2"}) {
		t.Errorf("%v are left", got)
	}
}

func TestAFolderGoesWithDataThatLiesElsewhere(t *testing.T) {
	var dir string
	t.Run("one", func(t *testing.T) {
		cfg := Config(t)
		dir = cfg.Dir
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		cluster, err := postgres.Prepare(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		if err := cluster.Close(); err != nil {
			t.Error(err)
		}
	})
	left, err := filepath.Glob(filepath.Join(far, filepath.Base(dir)+"*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%v are left, %v", left, err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("%s is left", dir)
	}
}

func names(t *testing.T, place string) []string {
	t.Helper()
	entries, err := os.ReadDir(place)
	if err != nil {
		t.Fatal(err)
	}
	var all []string // in order, as ReadDir has them
	for _, entry := range entries {
		all = append(all, entry.Name())
	}
	return all
}
