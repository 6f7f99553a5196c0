package eventnode

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"google.golang.org/grpc"
	"google.golang.org/grpc/peer"
)

// How often the log tells of those who are let in by no login, and how long and how far
// one of them is listened to.
const (
	toldEvery   = time.Minute
	heardFor    = 2 * time.Second
	heardBytes  = 2 * largestMessage
	heardAtMost = 100_000 // messages
)

// strangers are those who came without the login of a user.
type strangers struct {
	mu    sync.Mutex
	count int // since the last time the log told of them
	told  time.Time
}

// seen counts one of them, and has the log say where from, if it did not lately. It says
// no names: they may be passwords.
func (s *strangers) seen(ctx context.Context, log *slog.Logger) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	if time.Since(s.told) < toldEvery {
		return
	}
	from := ""
	if p, ok := peer.FromContext(ctx); ok {
		from = p.Addr.String()
	}
	log.Warn("event node: refused calls without the login of a user", "calls", s.count, "the last from", from)
	s.count, s.told = 0, time.Now()
}

// hearOut takes what a client sends before it is refused, for it hears nothing while it
// sends. Who sends for long is not waited for.
func (n *Node) hearOut(stream grpc.ServerStream) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for messages, bytes := 0, 0; messages < heardAtMost && bytes < heardBytes; messages++ {
			var m shared.Empty // keeps everything as unknown
			if stream.RecvMsg(&m) != nil {
				return
			}
			bytes += len(m.ProtoReflect().GetUnknown())
		}
	}()
	patience := time.NewTimer(heardFor)
	defer patience.Stop()
	select {
	case <-ended:
	case <-patience.C:
	case <-n.closing:
	}
}
