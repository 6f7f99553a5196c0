package eventnode

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"
)

// sessions is how many make up the first ten thousand calls. Each is tried in parts, for
// a store that is left behind is kept for ever by its process.
const (
	sessions = 5
	parts    = 8
)

// onlyPart is the variable that tells a child which part of which session it tries.
const onlyPart = "SKEIN_FAULTY_PART"

// One call of the disk fails, be it any. Whatever was answered is there after a power
// cut, nothing is written or answered where a sync failed, and the node goes on by itself.
func TestNothingAnsweredIsLostWhicheverCallOfTheDiskFails(t *testing.T) {
	if Plainly(t) {
		return
	}
	begins := []*vfs.MemFS{vfs.NewCrashableMem()}
	for number := range sessions {
		s := session{faulty: &faulty{}, number: number, disk: begins[number].CrashClone(vfs.CrashCloneCfg{})}
		require.NoError(t, s.run(t))
		begins = append(begins, s.disk)
	}
	calls := rand.New(rand.NewPCG(0, 0)).Perm(sessionCalls)
	only, err := strconv.Atoi(os.Getenv(onlyPart))
	switch {
	case err == nil:
		each := sessionCalls / parts
		from := only % parts * each
		try(t, begins[only/parts], only/parts, calls[from:from+each])
	case Rounds(1, 2) == 1:
		for number := range sessions {
			try(t, begins[number], number, rand.Perm(sessionCalls)[:12])
		}
	default:
		for part := range sessions * parts {
			child := exec.Command(os.Args[0], "-test.v", "-test.run=^"+t.Name()+"$")
			child.Env = append(os.Environ(), fmt.Sprint(onlyPart, "=", part))
			said, err := child.CombinedOutput()
			require.NoError(t, err, "%s", said)
			t.Logf("part %d: %s", part, said)
		}
	}
}

// try has calls of a session fail, each in a session of its own.
func try(t *testing.T, begin *vfs.MemFS, number int, calls []int) {
	var mu sync.Mutex
	failed, slowest := map[string]int{}, time.Duration(0)
	next := make(chan int64)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for at := range next {
				s := session{faulty: &faulty{at: at}, number: number, disk: begin.CrashClone(vfs.CrashCloneCfg{})}
				err := s.run(t)
				if err == nil {
					err = s.survives(t)
				}
				op := s.failed.Load()
				if err == nil && op == nil {
					err = fmt.Errorf("there were %d calls only", s.calls.Load())
				}
				if err != nil {
					t.Errorf("session %d, call %d %+v: %v", number, at, op, err)
				} else {
					mu.Lock()
					failed[op.Kind.ReadOrWrite().String()]++
					slowest = max(slowest, s.slowest)
					mu.Unlock()
				}
			}
		})
	}
	for _, at := range calls {
		next <- int64(at + 1)
	}
	close(next)
	all.Wait()
	t.Logf("session %d: %v failed; the slowest refusal took %v", number, failed, slowest)
}
