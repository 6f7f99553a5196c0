package eventnode_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// guarded is a node with a certificate, which only ada can use. The file is what its
// clients trust.
func guarded(t testing.TB) (n *eventnode.Node, file string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	require.NoError(t, err)
	file = filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	users, err := eventnode.ParseUsers("# who may\nada:lovelace:1815\n\ngrace:hopper\n")
	require.NoError(t, err)
	return start(t, eventnode.Config{
		Listen: "127.0.0.1:0", Users: users,
		TLS: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}},
	}), file
}

// connected is the official client of a connection string. It looks for its node once.
func connected(t testing.TB, connection string) *esdb.Client {
	t.Helper()
	cfg, err := esdb.ParseConnectionString(connection)
	require.NoError(t, err)
	cfg.Logger = func(esdb.LogLevel, string, ...any) {}
	cfg.MaxDiscoverAttempts = 1
	c, err := esdb.NewClient(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	return c
}

func TestUsersOfANodeWithTLSLogIn(t *testing.T) {
	n, ca := guarded(t)
	at := n.Target() + "?tlsCAFile=" + ca
	for _, login := range []string{"ada:lovelace%3A1815", "grace:hopper"} {
		c := connected(t, "esdb://"+login+"@"+at)
		appended(t, c, "told-by-"+login, 0, 2)
		require.Equal(t, []uint64{0, 1}, revisions(t, c, "told-by-"+login, esdb.ReadStreamOptions{}, 10))
	}
	for name, login := range map[string]string{
		"a wrong password": "ada:hopper@", "an unknown name": "eve:hopper@", "the name of another": "grace:lovelace%3A1815@", "none": "",
	} {
		t.Run(name, func(t *testing.T) {
			c := connected(t, "esdb://"+login+at)
			_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, said(0, 1)...)
			require.Equal(t, esdb.ErrorCodeUnauthenticated, codeOf(err))
			_, err = c.DeleteStream(t.Context(), "ada", esdb.DeleteStreamOptions{})
			require.Equal(t, esdb.ErrorCodeUnauthenticated, codeOf(err))
			_, err = c.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{})
			require.Equal(t, esdb.ErrorCodeUnauthenticated, codeOf(err))
			r, err := c.ReadAll(t.Context(), esdb.ReadAllOptions{}, 1)
			if err == nil {
				_, err = r.Recv()
				r.Close()
			}
			require.Equal(t, esdb.ErrorCodeUnauthenticated, codeOf(err))
		})
	}
}

func TestTheAnswerToABadLoginDoesNotRepeatIt(t *testing.T) {
	n, ca := guarded(t)
	c := connected(t, "esdb://ada:wrong@"+n.Target()+"?tlsCAFile="+ca)
	_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, said(0, 1)...)
	require.ErrorContains(t, err, "needs the name and password of one of its users")
	require.NotContains(t, err.Error(), "wrong")
}

func TestAClientWithoutTLSIsTurnedAway(t *testing.T) {
	if apart(t) {
		return
	}
	n, _ := guarded(t)
	c := connected(t, "esdb://ada:hopper@"+n.Target()+"?tls=false")
	begun := time.Now()
	_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, said(0, 1)...)
	require.Error(t, err)
	require.Less(t, time.Since(begun), 10*time.Second)
}

func TestOtherMachinesAreLetInOnlyWithCertificateAndUsersOrByForce(t *testing.T) {
	users, err := eventnode.ParseUsers("ada:lovelace")
	require.NoError(t, err)
	own := &tls.Config{Certificates: []tls.Certificate{{}}}
	for name, c := range map[string]struct {
		cfg     eventnode.Config
		refused error
		warned  bool
	}{
		"loopback":           {cfg: eventnode.Config{Listen: "localhost:0"}},
		"plain text":         {cfg: eventnode.Config{Listen: ":0"}, refused: eventnode.ErrOpen},
		"no users":           {cfg: eventnode.Config{Listen: "0.0.0.0:0", TLS: own}, refused: eventnode.ErrOpen},
		"no certificate":     {cfg: eventnode.Config{Listen: "127.0.0.1:0", Users: users}, refused: eventnode.ErrUsersNeedTLS},
		"a socket for users": {cfg: eventnode.Config{Users: users}, refused: eventnode.ErrUsersNeedTLS},
		"both":               {cfg: eventnode.Config{Listen: "0.0.0.0:0", TLS: own, Users: users}},
		"force":              {cfg: eventnode.Config{Listen: "0.0.0.0:0", Insecure: true}, warned: true},
	} {
		t.Run(name, func(t *testing.T) {
			var told bytes.Buffer
			c.cfg.Dir, c.cfg.Log = t.TempDir(), slog.New(slog.NewTextHandler(&told, &slog.HandlerOptions{Level: slog.LevelWarn}))
			n, err := eventnode.Start(c.cfg)
			require.ErrorIs(t, err, c.refused)
			if err == nil {
				require.NoError(t, n.Close())
			}
			require.Equal(t, c.warned, bytes.Contains(told.Bytes(), []byte("read and write everything")), "%s", &told)
		})
	}
}

// What a client sends is taken before it is refused, or it would hear of an EOF only.
func TestAStrangerIsToldSoHoweverMuchItSends(t *testing.T) {
	t.Parallel()
	n, ca := guarded(t)
	c := connected(t, "esdb://ada:wrong@"+n.Target()+"?tlsCAFile="+ca)
	for range 30 {
		_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, large(15)...)
		require.Equal(t, esdb.ErrorCodeUnauthenticated, codeOf(err))
	}
}
