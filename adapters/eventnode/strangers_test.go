package eventnode

import (
	"bytes"
	"log/slog"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/peer"
)

func TestTheLogTellsOfStrangersOnceAMinute(t *testing.T) {
	t.Parallel()
	var told bytes.Buffer
	log := slog.New(slog.NewTextHandler(&told, nil))
	ctx := peer.NewContext(t.Context(), &peer.Peer{Addr: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 99}})
	var s strangers
	for range 100 {
		s.seen(ctx, log)
	}
	require.Equal(t, 1, bytes.Count(told.Bytes(), []byte("\n")))
	require.Contains(t, told.String(), "192.0.2.7")
	s.told = s.told.Add(-toldEvery)
	s.seen(ctx, log)
	require.Equal(t, 2, bytes.Count(told.Bytes(), []byte("\n")))
	require.Contains(t, told.String(), "calls=100", "all since then")
}
