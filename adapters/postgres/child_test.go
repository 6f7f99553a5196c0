package postgres_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"skein/adapters/postgres"
)

// child starts this program again to serve a data folder and to keep the number 1
// there, and returns it once that is acknowledged.
func child(t *testing.T, how string, cfg postgres.ServerConfig) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return childOf(t, exec.Command(self), how, cfg)
}

// childOf is child by another command that runs this program.
func childOf(t *testing.T, cmd *exec.Cmd, how string, cfg postgres.ServerConfig) *exec.Cmd {
	t.Helper()
	cmd.Env = append(os.Environ(), "SERVE="+how, "DIR="+cfg.Dir, "CACHE="+cfg.Cache)
	cmd.Stderr = t.Output()
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	said, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // it was, unless the test failed early
	if line, err := bufio.NewReader(said).ReadString('\n'); err != nil {
		t.Fatalf("the child said %q: %v", line, err)
	}
	return cmd
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed, as it says
}

// TestMain is also what child starts.
func TestMain(m *testing.M) {
	how := os.Getenv("SERVE")
	if how == "" {
		os.Exit(m.Run())
	}
	if err := serve(how, postgres.ServerConfig{Dir: os.Getenv("DIR"), Cache: os.Getenv("CACHE")}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve waits to be killed, with a server that is tethered to the process, as one
// always is on Linux, or loose.
func serve(how string, cfg postgres.ServerConfig) error {
	ctx := context.Background()
	var url string
	if how == "loose" {
		cluster, err := postgres.Prepare(ctx, cfg)
		if err != nil {
			return err
		}
		if err := cluster.Command(ctx).Start(); err != nil {
			return err
		}
		url = cluster.URL()
	} else {
		server, err := postgres.Start(ctx, cfg)
		if err != nil {
			return err
		}
		url = server.URL()
	}
	db, err := postgres.Open(ctx, url)
	if err != nil {
		return err
	}
	if _, err := db.Exec(ctx, `CREATE TABLE kept (n int)`); err != nil {
		return err
	}
	if err := keep(ctx, db, 1); err != nil {
		return err
	}
	fmt.Println("kept")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}
