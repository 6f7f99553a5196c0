package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"skein/adapters/postgres/postgrestest"
)

var nodeAddress = regexp.MustCompile(`The event node is at esdb://(?:USER:PASSWORD@)?(\S+)`)

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
