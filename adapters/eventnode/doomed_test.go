package eventnode_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// doomed is the variable that tells a child in which folder to run a node, and answered
// the one that says how many appends of each author were answered before.
const (
	doomed   = "SKEIN_DOOMED_NODE"
	answered = "SKEIN_DOOMED_ANSWERED"
)

// ack is an append that was answered.
type ack struct {
	stream   string
	revision uint64 // of its last event
	position uint64 // of that too
	ids      []uuid.UUID
}

// killed is a folder in which nodes were killed while authors appended there.
type killed struct {
	dir      string
	answered [authors][]uint64 // the positions that each author was told
}

// acks is everything that was answered.
func (k *killed) acks() (acks []ack) {
	for number, positions := range k.answered {
		a := authorAfter(number, 0)
		for _, position := range positions {
			s := a.next()
			ids := make([]uuid.UUID, len(s.events))
			for i, e := range s.events {
				ids[i] = e.EventID
			}
			acks = append(acks, ack{s.stream, s.first + uint64(len(ids)) - 1, position, ids})
		}
	}
	return acks
}

// again runs a node in a child, has the authors go on there and kills it at a random
// time after so many answers. Each author first repeats what was not answered before.
func (k *killed) again(t testing.TB, answers int) {
	t.Helper()
	var counts [authors]int
	for number, positions := range k.answered {
		counts[number] = len(positions)
	}
	before, err := json.Marshal(counts)
	require.NoError(t, err)
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), doomed+"="+k.dir, answered+"="+string(before))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if n == answers {
			time.AfterFunc(rand.N(5*time.Millisecond), func() { child.Process.Kill() })
		}
		var number int
		var position uint64
		if _, err := fmt.Sscan(lines.Text(), &number, &position); err != nil {
			break
		}
		k.answered[number] = append(k.answered[number], position)
	}
	child.Wait()
	status := child.ProcessState.Sys().(syscall.WaitStatus)
	require.True(t, status.Signaled(), "it ended by itself: %v", child.ProcessState)
}

// untilKilled has authors append to a folder until the node is killed, and is what was
// answered by then.
func untilKilled(t testing.TB, dir string) []ack {
	t.Helper()
	k := killed{dir: dir}
	k.again(t, rand.IntN(150))
	return k.acks()
}

// appendUntilKilled is what the child does: it prints the author and the position of
// each append once it is answered, a line in one write.
func appendUntilKilled(dir string) {
	var counts [authors]int
	if err := json.Unmarshal([]byte(os.Getenv(answered)), &counts); err != nil {
		panic(err)
	}
	n, err := eventnode.Start(eventnode.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		panic(err)
	}
	cfg, err := esdb.ParseConnectionString("esdb://localhost:2113?tls=false")
	if err != nil {
		panic(err)
	}
	cfg.Address, cfg.Logger = n.Target(), func(esdb.LogLevel, string, ...any) {}
	c, err := esdb.NewClient(cfg)
	if err != nil {
		panic(err)
	}
	var all sync.WaitGroup
	for number := range authors {
		a := authorAfter(number, counts[number])
		all.Go(func() {
			for {
				s := a.next()
				w, err := c.AppendToStream(context.Background(), s.stream,
					esdb.AppendToStreamOptions{ExpectedRevision: s.expects()}, s.events...)
				if err != nil {
					panic(err)
				}
				if at := s.first + uint64(len(s.events)) - 1; w.NextExpectedVersion != at {
					panic(fmt.Sprintf("answered %d@%s, not %d", w.NextExpectedVersion, s.stream, at))
				}
				os.Stdout.WriteString(fmt.Sprintln(number, w.CommitPosition))
			}
		})
	}
	all.Wait()
}
