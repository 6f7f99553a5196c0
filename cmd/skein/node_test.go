package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"io"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/adapters/eventnode"
	"skein/adapters/postgres/postgrestest"
)

// aside runs a subcommand until the test ends, or until stop, which is what it ended with.
func aside(t *testing.T, args ...string) (out *said, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out = &said{more: make(chan struct{})}
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, args, out, out) }()
	stop = func() error {
		cancel()
		err := <-ended
		ended <- err
		return err
	}
	t.Cleanup(func() { _ = stop() })
	waitFor(t, func() bool {
		select {
		case err := <-ended:
			t.Fatalf("skein %v ended with %v:\n%s", args, err, out)
		default:
		}
		return strings.Contains(out.String(), "Its folder is ")
	})
	return out, stop
}

// do runs a subcommand to its end.
func do(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), append(args, "--log-level", "error"), &out, &out)
	return out.String(), err
}

func did(t *testing.T, args ...string) string {
	t.Helper()
	out, err := do(t, args...)
	if err != nil {
		t.Fatalf("skein %v: %v\n%s", args, err, out)
	}
	return out
}

func refused(t *testing.T, want string, args ...string) {
	t.Helper()
	if out, err := do(t, args...); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("skein %v: %v\n%s", args, err, out)
	}
}

var nodeAddress = regexp.MustCompile(`The event node is at esdb://(?:USER:PASSWORD@)?(\S+)`)

// certificate makes a certificate for this machine, and its key.
func certificate(t *testing.T) (certificate, key string) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	shown, err := x509.CreateCertificate(rand.Reader, about, about, secret.Public(), secret)
	if err != nil {
		t.Fatal(err)
	}
	hidden, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	return written(t, "certificate", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: shown})), 0o600),
		written(t, "key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: hidden})), 0o600)
}

func written(t *testing.T, name, text string, mode fs.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// A server works with a node that runs alone, in the same data folder even, over TLS and
// with a login; and neither starts where it would take the other's store.
func TestNodeForAServer(t *testing.T) {
	t.Parallel()
	data := postgrestest.Config(t).Dir
	cert, key := certificate(t)
	users := written(t, "users", "ada:lovelace\n", 0o600)
	out, stop := aside(t, "node", "--data", data, "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0",
		"--certificate", cert, "--key-file", key, "--users", users)
	refused(t, "set EVENTSTORE to where it serves", "serve", "--data", data, "--listen", "127.0.0.1:0")
	refused(t, "stop the skein that runs there", "node", "run", "--data", data, "--listen", "127.0.0.1:0")
	at := "esdb://ada:lovelace@" + nodeAddress.FindStringSubmatch(out.String())[1] + "?tlsCAFile=" + cert
	s := start(t, data, "--eventstore", at)
	lab := s.space("Lab")
	var ada, got seen
	position := s.ask(http.MethodPost, lab+"/contacts", `{"fields":{"first_name":"Ada"}}`, &ada)
	s.see(lab+"/contacts/"+ada.ID, position, &got)
	if got.Name != "Ada" {
		t.Errorf("got %+v", got)
	}
	s.stop(syscall.SIGTERM)
	if told := scraped(t, out); !strings.Contains(told, "skein_node_appends_total") {
		t.Errorf("the metrics are\n%s", told)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if strings.Contains(out.String(), "lovelace") || strings.Contains(s.said.String(), "lovelace") {
		t.Error("the password is in the log")
	}
}

var metricsAddress = regexp.MustCompile(`Its metrics are at (\S+)`)

// scraped is what the metrics of a node say.
func scraped(t *testing.T, out *said) string {
	t.Helper()
	answer, err := http.Get(metricsAddress.FindStringSubmatch(out.String())[1])
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What cannot work is said at once, with what to do, and no password is repeated.
func TestNodeRefused(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	cert, key := certificate(t)
	for _, c := range []struct {
		want string
		args []string
	}{
		{"SKEIN_NODE_LISTEN", []string{"--listen", taken.Addr().String()}},
		{"give it --certificate, --key-file and --users, or say --insecure", []string{"--listen", "0.0.0.0:0"}},
		{"give it --certificate, --key-file and --users, or say --insecure", []string{"--listen", "0.0.0.0:0", "--certificate", cert, "--key-file", key}},
		{"give --certificate and --key-file", []string{"--certificate", cert}},
		{"certificate of the event node", []string{"--certificate", cert, "--key-file", cert}},
		{"users need a certificate", []string{"--listen", "127.0.0.1:0", "--users", written(t, "users", "ada:lovelace", 0o600)}},
		{"chmod 600", []string{"--users", written(t, "users", "ada:lovelace", 0o640)}},
		{"line 1 of the users is not name:password", []string{"--users", written(t, "users", "lovelace", 0o600)}},
		{"no such file", []string{"--users", filepath.Join(t.TempDir(), "users")}},
		{"address for metrics", []string{"--listen", "127.0.0.1:0", "--metrics", taken.Addr().String()}},
	} {
		out, err := do(t, append([]string{"node", "run", "--data", t.TempDir()}, c.args...)...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v\n%s", c.args, err, out)
		} else if strings.Contains(err.Error()+out, "lovelace") {
			t.Errorf("%v repeats the password: %v\n%s", c.args, err, out)
		}
	}
}

// told is a client of a node that runs in the folder until stop, and in whose streams
// something was said.
func told(t *testing.T, folder string, streams ...string) (c *esdb.Client, stop func()) {
	t.Helper()
	n, err := eventnode.Start(eventnode.Config{Dir: folder, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := esdb.ParseConnectionString("esdb://localhost?tls=false")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Address, cfg.Logger = n.Target(), nil
	if c, err = esdb.NewClient(cfg); err != nil {
		t.Fatal(err)
	}
	for _, stream := range streams {
		_, err := c.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{},
			esdb.EventData{EventType: "said", Data: []byte("the word of " + stream)}, esdb.EventData{EventType: "said"})
		if err != nil {
			t.Fatal(err)
		}
	}
	stop = sync.OnceFunc(func() {
		_ = c.Close()
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return c, stop
}

// An operator's work is the same whether the node runs or not.
func TestNodeOperated(t *testing.T) {
	t.Parallel()
	for _, running := range []bool{true, false} {
		data, aside := t.TempDir(), t.TempDir()
		c, stop := told(t, filepath.Join(data, "journal"), "ada", "grace")
		if _, err := c.TombstoneStream(t.Context(), "ada", esdb.TombstoneStreamOptions{}); err != nil {
			t.Fatal(err)
		}
		archive, copied, again := filepath.Join(aside, "all.ndjson"), filepath.Join(aside, "copy"), filepath.Join(aside, "again")
		if running {
			refused(t, "stop the skein that runs there", "node", "import", "--data", data, os.DevNull)
		} else {
			stop()
		}
		if len(holding(t, data, "the word of ada")) == 0 {
			t.Error("the destroyed event was in no file")
		}
		for _, step := range []struct {
			want string
			args []string
		}{
			{"2 events of 1 streams removed", []string{"scavenge"}},
			{"Backed up to " + copied, []string{"backup", copied}},
			{"Exported to " + archive, []string{"export", archive}},
			{"3 events in 2 streams up to position 5", []string{"verify"}},
			{"All is well", []string{"verify", "--folder", copied}},
			{"3 events imported; the last is at position 5", []string{"import", "--folder", again, archive}},
			{"0 events imported; the last is at position 5", []string{"import", "--folder", copied, archive}},
		} {
			if out := did(t, append([]string{"node", "--data", data}, step.args...)...); !strings.Contains(out, step.want) {
				t.Errorf("%v said %s", step.args, out)
			}
		}
		for _, folder := range []string{data, aside} {
			if found := holding(t, folder, "the word of ada"); len(found) > 0 {
				t.Errorf("the destroyed event is in %v", found)
			}
		}
		if len(holding(t, aside, "the word of grace")) == 0 {
			t.Error("the backup does not hold what was kept")
		}
		whole, err := os.ReadFile(archive)
		if err != nil {
			t.Fatal(err)
		}
		for _, from := range []string{copied, again} {
			if got := did(t, "node", "export", "--folder", from); got != string(whole) {
				t.Errorf("%s holds\n%snot\n%s", from, got, whole)
			}
		}
		refused(t, "is there already", "node", "backup", copied, "--data", data)
		refused(t, "is there already", "node", "export", archive, "--data", data)
	}
}

// holding is the files of a folder that contain a text.
func holding(t *testing.T, folder, text string) (found []string) {
	t.Helper()
	for _, file := range files(t, folder) {
		content, err := os.ReadFile(file)
		if err == nil && bytes.Contains(content, []byte(text)) {
			found = append(found, file)
		}
	}
	return found
}

func TestNodeVerifyFailsOnADamagedStore(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	_, stop := told(t, filepath.Join(data, "journal"), "ada", "grace")
	stop()
	did(t, "node", "scavenge", "--data", data)
	tables, err := filepath.Glob(filepath.Join(data, "journal", "*.sst"))
	if err != nil || len(tables) != 1 {
		t.Fatal(tables, err)
	}
	content, err := os.ReadFile(tables[0])
	if err != nil {
		t.Fatal(err)
	}
	content[10]++
	if err := os.WriteFile(tables[0], content, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, "restore a backup or an export", "node", "verify", "--data", data)
}

// What works on a store makes none.
func TestNodeWithoutAStore(t *testing.T) {
	t.Parallel()
	for _, work := range [][]string{{"scavenge"}, {"verify"}, {"export"}, {"backup", filepath.Join(t.TempDir(), "copy")}} {
		data := t.TempDir()
		refused(t, "there is no event store in "+filepath.Join(data, "journal"), append(append([]string{"node"}, work...), "--data", data)...)
		if found := files(t, data); len(found) > 0 {
			t.Errorf("%v made %v", work, found)
		}
	}
}

// Who may use the node can also be said where no list of processes shows it.
func TestNodeUsersFromTheEnvironment(t *testing.T) {
	t.Setenv(usersVariable, "ada:lovelace")
	args := []string{"node", "run", "--data", t.TempDir(), "--listen", "127.0.0.1:0"}
	refused(t, "users need a certificate", args...)
	refused(t, "users are given twice", append(args, "--users", written(t, "users", "ada:lovelace\n", 0o600))...)
}

// A server tells what its own node counts.
func TestServerCountsItsNode(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	s.space("Lab")
	s.api = strings.TrimSuffix(s.api, "/v1")
	if _, _, text := s.send(http.MethodGet, "/metrics", "", nil, ""); !bytes.Contains(text, []byte("skein_node_writable 1")) {
		t.Errorf("the metrics are\n%s", text)
	}
}
