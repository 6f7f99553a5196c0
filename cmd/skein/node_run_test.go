package main

import (
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

var metricsAt = regexp.MustCompile(`metrics are at http://([^/]+)/metrics`)

// Whoever is connected to the metrics and asks nothing does not hinder a stop.
func TestANodeStopsThoughSomebodyHangsOnToItsMetrics(t *testing.T) {
	t.Parallel()
	out, stop := aside(t, "node", "run", "--folder", t.TempDir(), "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0")
	c, err := net.Dial("tcp", metricsAt.FindStringSubmatch(out.String())[1])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	begun := time.Now()
	if err := stop(); err != nil || time.Since(begun) > 10*time.Second {
		t.Errorf("it ended after %v with %v", time.Since(begun), err)
	}
}

func TestANodeWarnsOfAKeyThatOthersCanRead(t *testing.T) {
	t.Parallel()
	cert, key := certificate(t)
	args := []string{"node", "run", "--listen", "127.0.0.1:0", "--certificate", cert, "--key-file", key, "--folder"}
	for mode, warnings := range map[os.FileMode]int{0o600: 0, 0o640: 1} {
		if err := os.Chmod(key, mode); err != nil {
			t.Fatal(err)
		}
		out, stop := aside(t, append(args, t.TempDir())...)
		if err := stop(); err != nil {
			t.Error(err)
		}
		if n := strings.Count(out.String(), "others can read the private key"); n != warnings {
			t.Errorf("%d warnings when its mode is %v:\n%s", n, mode, out)
		}
	}
}

// Whoever asks a second time does not want to wait for a clean end.
func TestASecondInterruptKills(t *testing.T) {
	t.Parallel()
	out := &said{more: make(chan struct{})}
	process := exec.Command(os.Args[0], "node", "run", "--folder", t.TempDir(), "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0")
	process.Env = append(os.Environ(), "SKEIN_TEST_RUN=1")
	process.Stdout, process.Stderr = out, out
	process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return strings.Contains(out.String(), "Its folder is ") })
	c, err := net.Dial("tcp", metricsAt.FindStringSubmatch(out.String())[1]) // which holds the end up
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = process.Wait()
	}()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		_ = process.Process.Signal(os.Interrupt)
		select {
		case <-again.C:
			continue
		case <-ended:
		}
		break
	}
	if status, ok := process.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
		t.Errorf("it ended with %v:\n%s", process.ProcessState, out)
	}
}
