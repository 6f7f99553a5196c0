// Package conformance runs the official client's own tests against the event node.
package conformance

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const client = "github.com/EventStore/EventStore-Client-Go/v4"

// suite is the client's tests that need no server, a plain one or a seeded one. Those
// that are not named need what the node does not have: persistent subscriptions
// (TestPersistentSubscriptions), projections (TestProjections), and certificates of
// users (TestPlugins).
const suite = `^(TestStreams|TestExpectations|TestMisc|TestConnectionString.*|TestPositionParsing|` +
	`TestConsistentMetadata.*|TestCustomProperty.*|TestUnknownCustom.*|TestGetAllCustom.*)$`

// persistent is callInsecureWithoutCredentials and callInsecureWithInvalidCredentials,
// which create persistent subscriptions to see that nobody asks for a password.
const persistent = `^TestStreams$/^AuthenticationTests$`

// known is how many tests of the suite there are, those within others counted and
// those around others not, without two that skip themselves where there is no TLS.
const known = 52

func TestTheClientsOwnTestsPass(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	root := strings.TrimSpace(output(t, "go", "list", "-m", "-f", "{{.Dir}}", "skein"))
	copied := filepath.Join(dir, "client")
	require.NoError(t, os.CopyFS(copied, os.DirFS(strings.TrimSpace(output(t, "go", "list", "-m", "-f", "{{.Dir}}", client)))))
	for _, ours := range []string{"containers_test.go", "seed_test.go"} {
		rewrite(t, filepath.Join("testdata", ours), filepath.Join(copied, "esdb", ours))
	}
	// connectionClosing counts its group down in a goroutine and up only afterwards, and
	// panics when the goroutine is faster.
	rewrite(t, filepath.Join(copied, "esdb", "subscriptions_test.go"), filepath.Join(copied, "esdb", "subscriptions_test.go"),
		"\t\tdroppedEvent.Add(1)\n", "",
		"\t\tvar droppedEvent sync.WaitGroup\n", "\t\tvar droppedEvent sync.WaitGroup\n\t\tdroppedEvent.Add(1)\n")
	rewrite(t, filepath.Join(root, "go.sum"), filepath.Join(dir, "go.sum"))
	rewrite(t, filepath.Join(root, "go.mod"), filepath.Join(dir, "go.mod"),
		"\ngo 1.", "\nreplace "+client+" => "+copied+"\n\ngo 1.")

	cmd := exec.CommandContext(t.Context(), "go", "test", "-modfile", filepath.Join(dir, "go.mod"),
		"-json", "-vet=off", "-count=1", "-timeout=5m", "-run", suite, "-skip", persistent, client+"/esdb")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOPROXY=off", "EVENTSTORE_INSECURE=true", "CLUSTER=false")
	printed, err := cmd.CombinedOutput()
	passed, skipped, failures := results(printed)
	t.Logf("%d tests of the client passed, skipped by themselves: %s", len(passed), strings.Join(skipped, ", "))
	require.NoError(t, err, failures)
	require.GreaterOrEqual(t, len(passed), known, "some tests of the client did not run")
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).Output()
	require.NoError(t, err)
	return string(out)
}

// rewrite copies a file, with each of some texts replaced by the one after it.
func rewrite(t *testing.T, from, to string, texts ...string) {
	t.Helper()
	b, err := os.ReadFile(from)
	require.NoError(t, err)
	for ; len(texts) > 0; texts = texts[2:] {
		require.Equal(t, 1, bytes.Count(b, []byte(texts[0])), "in %s: %q", from, texts[0])
		b = bytes.Replace(b, []byte(texts[0]), []byte(texts[1]), 1)
	}
	require.NoError(t, os.WriteFile(to, b, 0o600))
}

// results reads what go test says in JSON: which tests passed and which skipped
// themselves, without those that contain others, and all it said of the failed.
func results(printed []byte) (passed, skipped []string, failures string) {
	said, state := map[string]string{}, map[string]string{}
	for line := range bytes.Lines(printed) {
		var event struct{ Action, Test, Output string }
		if json.Unmarshal(line, &event) != nil {
			failures += string(line)
			continue
		}
		if event.Action == "output" || event.Action == "build-output" {
			said[event.Test] += event.Output
		} else {
			state[event.Test] = event.Action
		}
	}
	for _, test := range slices.Sorted(maps.Keys(state)) {
		end := state[test]
		around := false
		for other := range state {
			around = around || strings.HasPrefix(other, test+"/")
		}
		switch {
		case end == "pass" && !around && test != "":
			passed = append(passed, test)
		case end == "skip" && !around:
			skipped = append(skipped, test)
		case end != "pass" && end != "skip":
			failures += said[test]
		}
	}
	return passed, skipped, failures
}
