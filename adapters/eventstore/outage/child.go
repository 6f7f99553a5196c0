package outage

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// childDir is the variable that tells a child in which folder to serve.
const childDir = "SKEIN_SERVE_APART"

// A Child is a server in a process of its own, which can be killed.
type Child struct {
	Target string // where it is reached

	process *exec.Cmd
}

// Serve, called first thing in TestMain, is what children do: it starts a server in
// the folder it is to serve, says where that is reached, and exits when its parent has
// gone. In the parent it does nothing.
func Serve(start func(dir string) (target string, err error)) {
	dir, ok := os.LookupEnv(childDir)
	if !ok {
		return
	}
	target, err := start(dir)
	if err != nil {
		panic(err)
	}
	fmt.Println(target)
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// Spawn runs a server on a folder in a child, and returns when it is up.
func Spawn(dir string) (*Child, error) {
	c := &Child{process: exec.Command(os.Args[0])}
	c.process.Env = append(os.Environ(), childDir+"="+dir)
	c.process.Stderr = os.Stderr
	if _, err := c.process.StdinPipe(); err != nil { // closed by our end, if by nothing else
		return nil, err
	}
	said, err := c.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.process.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the child said nothing: %w", err), c.Kill())
	}
	c.Target = strings.TrimSpace(line)
	return c, nil
}

// Pid is the process of the child.
func (c *Child) Pid() int { return c.process.Process.Pid }

// Kill ends the child at once, whatever it is doing, and returns when it has gone.
func (c *Child) Kill() error {
	err := c.process.Process.Kill()
	var killed *exec.ExitError
	if gone := c.process.Wait(); err == nil && !errors.As(gone, &killed) {
		err = gone
	}
	return err
}
