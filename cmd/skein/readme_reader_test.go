package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// reader is somebody who types what the README says, and looks at what comes of it.
type reader struct {
	t    *testing.T
	home string
	in   io.Writer
	said *said
	last string // what the line before said
}

// sitDown opens a shell where skein is built and has run.
func (r *reader) sitDown(s *server) {
	r.t.Helper()
	program := fmt.Sprintf("#!/bin/sh\nSKEIN_TEST_RUN=1 exec %q \"$@\"\n", os.Args[0])
	for name, text := range map[string]string{"bin/skein": program, "people.csv": "Given name,Notes\nGrace,of no account\n"} {
		path := filepath.Join(r.home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			r.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			r.t.Fatal(err)
		}
	}
	if err := os.Symlink(s.data, filepath.Join(r.home, "data")); err != nil {
		r.t.Fatal(err)
	}
	shell := exec.Command("bash", "--noprofile", "--norc")
	shell.Dir = r.home
	shell.Env = append(os.Environ(), "SKEIN_SERVER="+strings.TrimSuffix(s.api, "/v1"))
	shell.Stdout, shell.Stderr = r.said, r.said
	shell.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	in, err := shell.StdinPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := shell.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.in = in
	r.t.Cleanup(func() {
		fmt.Fprintln(r.in, "kill $(jobs -p); wait; exit")
		_ = shell.Wait()
	})
}

// walk types a line and checks what comes of it.
func (r *reader) walk(line string, one step) {
	r.t.Helper()
	typed := strings.NewReplacer(one.put...).Replace(line)
	if one.take[0] != "" {
		found := regexp.MustCompile(one.take[1]).FindStringSubmatch(r.last)
		if found == nil {
			r.t.Fatalf("what %s is to have is not in\n%s", line, r.last)
		}
		typed = strings.Replace(typed, one.take[0], strings.Replace(one.take[0], strings.Trim(one.take[0], "/"), found[1], 1), 1)
	}
	if one.serve {
		r.last = r.until(typed+" &", one.says)
		return
	}
	r.last = r.expect(typed, one.says)
	if name, _, ok := strings.Cut(line, "=$("); ok {
		r.expect("echo $"+name, []string{`^([0-9a-f]{8}-[0-9a-f-]{27}|skn_inv_\S+)\n`})
	}
	if one.look != "" {
		r.expect(one.look, one.shows)
	}
}

// expect types a line until it says what is wanted, if it only asks; or else once.
func (r *reader) expect(typed string, patterns []string) (text string) {
	r.t.Helper()
	fits := func() bool {
		ended := ""
		text = r.until(typed+"\necho \"ended with $?\"", []string{`ended with \d+\n`})
		text, ended, _ = strings.Cut(text, "ended with ")
		refused := strings.Contains(text, `"code":"`) && !slices.ContainsFunc(patterns, func(p string) bool { return strings.Contains(p, "HTTP/1.1 4") })
		return ended == "0\n" && !refused && all(text, patterns)
	}
	asks := strings.HasPrefix(typed, "ask") && !strings.Contains(typed, " -d ")
	deadline := time.Now().Add(20 * time.Second)
	for !fits() {
		if !asks || time.Now().After(deadline) {
			r.t.Fatalf("%s\nsays\n%s\nand not %q", typed, text, patterns)
		}
	}
	return text
}

// until types a line and returns what is said up to where all of the patterns are.
func (r *reader) until(typed string, patterns []string) (text string) {
	r.t.Helper()
	before := len(r.said.String())
	fmt.Fprintln(r.in, typed)
	deadline := time.Now().Add(time.Minute)
	waitUntil(r.t, deadline, r.said, func() bool {
		text = r.said.String()[before:]
		return all(text, patterns)
	})
	return text
}

// waitUntil waits for what is said to be as wanted.
func waitUntil(t *testing.T, deadline time.Time, out *said, enough func() bool) {
	t.Helper()
	late := time.After(time.Until(deadline))
	for {
		out.mu.Lock()
		more := out.more
		out.mu.Unlock()
		if enough() {
			return
		}
		select {
		case <-more:
		case <-late:
			t.Fatalf("what is said comes to no end:\n%s", out)
		}
	}
}

// all reports whether a text has all of the patterns.
func all(text string, patterns []string) bool {
	return !slices.ContainsFunc(patterns, func(p string) bool { return !regexp.MustCompile(p).MatchString(text) })
}
