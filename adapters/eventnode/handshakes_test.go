package eventnode_test

import (
	"bytes"
	"crypto/tls"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// silent is a connection to a node that says nothing.
func silent(t testing.TB, n *eventnode.Node) net.Conn {
	t.Helper()
	network, at := "tcp", n.Target()
	if path, ok := strings.CutPrefix(at, "unix://"); ok {
		network, at = "unix", path
	}
	c, err := net.Dial(network, at)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	return c
}

func TestCloseDoesNotWaitForConnectionsThatSayNothing(t *testing.T) {
	t.Parallel()
	users, err := eventnode.ParseUsers("ada:lovelace")
	require.NoError(t, err)
	for name, cfg := range map[string]eventnode.Config{
		"a socket": {}, "TCP": {Listen: "127.0.0.1:0"},
		"TLS": {Listen: "127.0.0.1:0", Users: users, TLS: &tls.Config{Certificates: []tls.Certificate{{}}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg.Dir, cfg.Log = t.TempDir(), quiet("").Log
			n, err := eventnode.Start(cfg)
			require.NoError(t, err)
			var all []net.Conn
			for range 3 {
				all = append(all, silent(t, n))
			}
			_, err = all[0].Write([]byte("PRI *"))
			require.NoError(t, err)
			begun := time.Now()
			require.NoError(t, n.Close())
			require.Less(t, time.Since(begun), 20*time.Second)
		})
	}
}

func TestWhoSaysNothingForLongIsCutOff(t *testing.T) {
	t.Parallel()
	n := start(t, eventnode.Config{})
	c := silent(t, n)
	require.NoError(t, c.SetReadDeadline(time.Now().Add(20*time.Second)))
	var said bytes.Buffer
	_, err := said.ReadFrom(c)
	require.NoError(t, err, "the node ends it")
}
