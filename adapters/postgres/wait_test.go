package postgres

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// absent is a server of which no process runs, and which said one thing.
func absent(t *testing.T) *Server {
	t.Helper()
	dir := t.TempDir()
	log := &serverLog{latest: []string{"LOG:  redo starts"}}
	return &Server{
		cluster: &Cluster{data: dir, socket: dir, log: slog.New(slog.DiscardHandler)},
		log:     log, over: make(chan struct{}),
	}
}

func TestAServerOfOurOwnIsWaitedForWhileItTellsHowFarItIs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := absent(t)
		began := time.Now()
		for after := range 5 {
			time.AfterFunc(time.Duration(after)*10*time.Second, func() { s.log.records.Add(1) })
		}
		err := s.await(t.Context())
		if took := time.Since(began).Round(time.Second); !errors.Is(err, errSilent) || took != 70*time.Second {
			t.Errorf("%v after %v, want %v after 30 s of silence", err, took, errSilent)
		}
	})
}

func TestAServerOfOurOwnThatWentAwayIsNotWaitedForForever(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := absent(t)
		began := time.Now()
		_, err := s.Open(t.Context())
		if took := time.Since(began); !errors.Is(err, errAway) || took != enough {
			t.Errorf("%v after %v", err, took)
		}
		if !strings.HasSuffix(err.Error(), "; postgres.log ends with:\nLOG:  redo starts") {
			t.Errorf("%v quotes no log", err)
		}
	})
}
