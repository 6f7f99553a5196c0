package postgres

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ErrNotInstalled is returned where no Postgres server is installed that can serve the cluster.
var ErrNotInstalled = errors.New("no Postgres server is installed")

// oldest is the first release that will do.
const oldest = "15"

// programs are those of one installed Postgres.
type programs struct {
	initdb, postgres string
	release          string // such as "15.18"
}

// locate returns the newest Postgres of PATH and of Debian's places, of the given
// major version only unless that is "". Data can be served by its own version only.
func locate(major string) (programs, error) {
	candidates, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres") // the pattern is well formed
	if path, err := exec.LookPath("postgres"); err == nil {
		candidates = append(candidates, path)
	}
	newest := programs{release: oldest}
	for _, path := range candidates {
		found, err := inspect(path)
		if err != nil || major != "" && !within(found.release, major) {
			continue
		}
		if compare(found.release, newest.release) >= 0 {
			newest = found
		}
	}
	switch {
	case newest.postgres != "":
		return newest, nil
	case major != "":
		return programs{}, fmt.Errorf("%w that serves data of version %s: apt-get install postgresql-%[2]s", ErrNotInstalled, major)
	}
	return programs{}, fmt.Errorf("%w, of version %s or newer: apt-get install postgresql", ErrNotInstalled, oldest)
}

// inspect asks the server at path for its release, and finds initdb beside it.
func inspect(path string) (programs, error) {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return programs{}, err
	}
	initdb, err := exec.LookPath(filepath.Join(filepath.Dir(path), "initdb"))
	if err != nil {
		return programs{}, err
	}
	answer, err := exec.Command(path, "--version").Output()
	if err != nil {
		return programs{}, err
	}
	words := strings.Fields(string(answer)) // postgres (PostgreSQL) 15.18 (Debian …)
	if len(words) < 3 {
		return programs{}, fmt.Errorf("%s: %q names no release", path, answer)
	}
	return programs{initdb: initdb, postgres: path, release: words[2]}, nil
}

// within reports whether a release is one of a major version, which is "15" or, long ago, "9.6".
func within(release, major string) bool {
	return release == major || strings.HasPrefix(release, major+".")
}

// compare orders releases by their numbers: 9.6, 15.9, 15.18.
func compare(a, b string) int {
	return slices.Compare(numbers(a), numbers(b))
}

func numbers(release string) (all []int) {
	for part := range strings.SplitSeq(release, ".") {
		n, _ := strconv.Atoi(part) // what is no number comes first
		all = append(all, n)
	}
	return all
}
