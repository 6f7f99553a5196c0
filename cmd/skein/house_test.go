package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"skein/adapters/postgres/postgrestest"
)

// The test binary is also the program under test, so that it can be killed.
func TestMain(m *testing.M) {
	if os.Getenv("SKEIN_TEST_RUN") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// server is a skein that serves, in a process of its own.
type server struct {
	t       *testing.T
	data    string
	process *exec.Cmd
	said    *said
	api     string
	token   string // of the administrator, from the first start
}

// said is what a process has said so far.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() { close(s.more); s.more = make(chan struct{}) }()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

var (
	address = regexp.MustCompile(`Skein is at (http://\S+)`)
	secret  = regexp.MustCompile(`skn_\S+`)
)

// start serves the data folder; an empty name makes a new one.
func start(t *testing.T, data string, more ...string) *server {
	t.Helper()
	if data == "" {
		data = postgrestest.Config(t).Dir
	}
	s := &server{t: t, data: data, said: &said{more: make(chan struct{})}}
	s.process = exec.Command(os.Args[0], append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--allow-private-mail"}, more...)...)
	s.process.Env = append(os.Environ(), "SKEIN_TEST_RUN=1")
	s.process.Stdout, s.process.Stderr = s.said, s.said
	s.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.stop(syscall.SIGTERM) })
	s.wait(`Its data lies in .*\n`)
	s.api = address.FindStringSubmatch(s.said.String())[1] + "/v1"
	s.token = secret.FindString(s.said.String())
	return s
}

// wait waits until the process has said what matches.
func (s *server) wait(pattern string) {
	s.t.Helper()
	late := time.After(30 * time.Second)
	for !regexp.MustCompile(pattern).MatchString(s.said.String()) {
		s.said.mu.Lock()
		more := s.said.more
		s.said.mu.Unlock()
		select {
		case <-more:
		case <-late:
			s.t.Fatalf("the process did not say %q but\n%s", pattern, s.said)
		}
	}
}

// stop sends the process a signal and waits for its end.
func (s *server) stop(signal syscall.Signal) time.Duration {
	began := time.Now()
	if s.process.ProcessState == nil {
		_ = s.process.Process.Signal(signal)
		_ = s.process.Wait()
	}
	return time.Since(began)
}

// ask asks the API, reading what it answers into answer, and returns the position
// that the answer carries.
func (s *server) ask(method, path, body string, answer any) (position string) {
	s.t.Helper()
	status, header, text := s.send(method, path, "application/json", strings.NewReader(body), "")
	if status >= 300 {
		s.t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	if answer != nil {
		if err := json.Unmarshal(text, answer); err != nil {
			s.t.Fatalf("%s %s: %v in %s", method, path, err, text)
		}
	}
	return header.Get("Journal-Position")
}

// see asks a query that shows everything up to a position.
func (s *server) see(path, position string, answer any) {
	s.t.Helper()
	status, _, text := s.send(http.MethodGet, path, "", nil, position)
	if status != http.StatusOK {
		s.t.Fatalf("GET %s: %d %s", path, status, text)
	}
	if err := json.Unmarshal(text, answer); err != nil {
		s.t.Fatalf("GET %s: %v in %s", path, err, text)
	}
}

func (s *server) send(method, path, kind string, body io.Reader, position string) (int, http.Header, []byte) {
	s.t.Helper()
	r, err := http.NewRequest(method, s.api+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if position != "" {
		r.Header.Set("Min-Position", position)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, text
}

// space makes a space and returns its path.
func (s *server) space(name string) string {
	s.t.Helper()
	var made struct{ ID string }
	s.ask(http.MethodPost, fmt.Sprintf("/organizations/%s/spaces", firstOrganization), fmt.Sprintf(`{"name":%q}`, name), &made)
	return "/spaces/" + made.ID
}

// skein runs a subcommand on the same data folder.
func (s *server) skein(args ...string) string {
	s.t.Helper()
	var out, stderr bytes.Buffer
	if err := run(context.Background(), append(args, "--data", s.data, "--log-level", "error"), &out, &stderr); err != nil {
		s.t.Fatalf("skein %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return out.String()
}
