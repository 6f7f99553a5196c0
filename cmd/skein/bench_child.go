package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// child is this program in a process of its own, which serves.
type child struct {
	cmd     *exec.Cmd
	out     *bufio.Scanner
	began   time.Time
	address string
}

// spawn launches this program, and returns once it has told its address.
func (l *lab) spawn(ctx context.Context, args ...string) (*child, error) {
	c, err := l.launch(ctx, args...)
	if err != nil {
		return nil, err
	}
	at, err := c.told("http://")
	if err != nil {
		return nil, errors.Join(err, c.stop(), ctx.Err())
	}
	c.address, _, _ = strings.Cut(at, " ")
	return c, nil
}

// launch starts this program. When ctx is over it is asked to stop; whoever launches
// it stops it in any case.
func (l *lab) launch(ctx context.Context, args ...string) (*child, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.CommandContext(ctx, program, args...)}
	c.cmd.Env = slices.DeleteFunc(os.Environ(), func(e string) bool {
		name, _, _ := strings.Cut(e, "=")
		return strings.HasPrefix(name, "SKEIN_") || name == "EVENTSTORE" || name == "POSTGRES"
	})
	c.cmd.Env = append(c.cmd.Env, "SKEIN_LOG_LEVEL=error")
	c.cmd.Stderr = l.err
	c.cmd.Cancel = func() error { return c.cmd.Process.Signal(syscall.SIGTERM) }
	c.cmd.WaitDelay = 10 * time.Second
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.out = bufio.NewScanner(out)
	c.began = time.Now()
	return c, c.cmd.Start()
}

// told is what the child prints behind some words, when it has printed them.
func (c *child) told(words string) (string, error) {
	for c.out.Scan() {
		if _, rest, found := strings.Cut(c.out.Text(), words); found {
			return rest, nil
		}
	}
	return "", errors.Join(c.out.Err(), fmt.Errorf("%s ended before it said %q", strings.Join(c.cmd.Args, " "), words))
}

// first is how long it took from the start of the process to the first success of
// one request, and then of another.
func (c *child) first(ctx context.Context, one, other []byte) (alive, accepted time.Duration, err error) {
	w, err := dial(ctx, c.address)
	if err != nil {
		return 0, 0, err
	}
	defer w.Close()
	defer context.AfterFunc(ctx, func() { w.Close() })()
	if _, err := w.ask(one); err != nil {
		return 0, 0, err
	}
	alive = time.Since(c.began)
	_, err = w.ask(other)
	return alive, time.Since(c.began), err
}

// stop asks the child to stop, if there is one, and waits until it has. It is an
// error if it takes long.
func (c *child) stop() error {
	if c == nil || c.cmd.ProcessState != nil {
		return nil
	}
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	late := time.AfterFunc(10*time.Second, func() { _ = c.cmd.Process.Kill() })
	err := c.cmd.Wait()
	if !late.Stop() {
		return fmt.Errorf("%s had to be killed", strings.Join(c.cmd.Args, " "))
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// crash kills the child and all processes below it before any of them can tidy up,
// and waits until they are gone.
func (c *child) crash() {
	_ = c.cmd.Process.Signal(syscall.SIGSTOP) // lest it starts them again
	below := descendants(c.cmd.Process.Pid)
	for _, pid := range append(below, c.cmd.Process.Pid) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	_ = c.cmd.Wait() // tells that it was killed
	for _, pid := range below {
		for range 1000 {
			if text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); err != nil || strings.Contains(string(text), ") Z ") {
				break
			}
			time.Sleep(time.Millisecond)
		}
	}
}

// descendants are the processes below one, however deep.
func descendants(of int) (below []int) {
	parents := map[int]int{}
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		text, _ := os.ReadFile("/proc/" + e.Name() + "/stat")
		_, behind, _ := strings.Cut(string(text), ") ") // the name before may be anything
		fields := strings.Fields(behind)
		pid, err := strconv.Atoi(e.Name())
		if err == nil && len(fields) > 1 {
			parents[pid], _ = strconv.Atoi(fields[1])
		}
	}
	for pid := range parents {
		for up := parents[pid]; up > 1; up = parents[up] {
			if up == of {
				below = append(below, pid)
				break
			}
		}
	}
	return below
}
