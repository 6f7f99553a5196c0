package eventnode_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// lonely is the variable that tells a child that it runs one test apart.
const lonely = eventnode.Lonely

// apart runs the test in a process of its own and says whether that has been done. A
// store that was left behind leaves goroutines behind, and so does a client whenever it
// connects again; all other tests are checked for those.
func apart(t *testing.T) bool {
	t.Helper()
	if os.Getenv(lonely) != "" {
		return false
	}
	child := exec.Command(os.Args[0], "-test.v", "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), lonely+"=yes")
	said, err := child.CombinedOutput()
	require.NoError(t, err, "%s", said)
	t.Logf("%s", said)
	return true
}
