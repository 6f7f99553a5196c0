package eventnode_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// doomed is the variable that tells a child in which folder to run a node.
const doomed = "SKEIN_DOOMED_NODE"

// ack is an append that was answered.
type ack struct {
	stream   string
	revision uint64 // of its last event
	position uint64 // of that too
	ids      []uuid.UUID
}

// untilKilled runs a node in a child, appends from many goroutines and kills it some
// time after the first answer. What was answered by then is the result.
func untilKilled(t testing.TB, dir string) (acks []ack) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), doomed+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if len(acks) == 0 {
			time.AfterFunc(rand.N(150*time.Millisecond), func() { child.Process.Kill() })
		}
		var a ack
		var ids string
		if n, _ := fmt.Sscan(lines.Text(), &a.stream, &a.revision, &a.position, &ids); n < 4 {
			break
		}
		for id := range strings.SplitSeq(ids, ",") {
			a.ids = append(a.ids, uuid.MustParse(id))
		}
		acks = append(acks, a)
	}
	require.Error(t, child.Wait(), "it was killed")
	require.NotEmpty(t, acks)
	return acks
}

// appendUntilKilled is what the child does: it prints each append once it is answered,
// a line in one write.
func appendUntilKilled(dir string) {
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
	for by := range 32 {
		all.Go(func() {
			for {
				events := said(by, 1+rand.N(3))
				ids := make([]string, len(events))
				for i := range events {
					events[i].Data = []byte(`"` + strings.Repeat("x", rand.N(2000)) + `"`)
					ids[i] = events[i].EventID.String()
				}
				stream := fmt.Sprint("writer-", by/2, "-", rand.N(5))
				w, err := c.AppendToStream(context.Background(), stream, esdb.AppendToStreamOptions{}, events...)
				if err != nil {
					panic(err)
				}
				line := fmt.Sprintln(stream, w.NextExpectedVersion, w.CommitPosition, strings.Join(ids, ","))
				os.Stdout.WriteString(line)
			}
		})
	}
	all.Wait()
}
