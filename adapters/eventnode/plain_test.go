package eventnode

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Lonely is the variable that tells a child that it runs one test apart.
const Lonely = "SKEIN_LONELY_TEST"

// Rounds is how often something is tried: few times, or many in a long run.
func Rounds(few, many int) int {
	if os.Getenv("SKEIN_LONG") != "" {
		return many
	}
	return few
}

// Plainly runs the test in a process of its own without the race detector, under which
// Pebble checks itself so much that a store takes a quarter of a second to open, and
// says whether that has been done.
func Plainly(t *testing.T) bool {
	t.Helper()
	if os.Getenv(Lonely) != "" {
		return false
	}
	binary := os.Args[0]
	info, _ := debug.ReadBuildInfo()
	if slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		binary = filepath.Join(t.TempDir(), "plain.test")
		said, err := exec.Command("go", "test", "-c", "-race=false", "-o", binary, ".").CombinedOutput()
		require.NoError(t, err, "%s", said)
	}
	child := exec.Command(binary, "-test.v", "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), Lonely+"=yes")
	said, err := child.CombinedOutput()
	require.NoError(t, err, "%s", said)
	t.Logf("%s", said)
	return true
}
