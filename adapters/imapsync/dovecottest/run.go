package dovecottest

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// run starts the server and waits until it greets. It is false when the server
// ended instead. The server dies with the thread that started it, and so with
// the test, however that ends; its other processes die with it.
func (s *Server) run(t testing.TB) bool {
	t.Helper()
	cmd := exec.Command(binary(t), "-F", "-c", filepath.Join(s.folder, "dovecot.conf"))
	cmd.Dir = s.folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if os.Geteuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(s.uid), Gid: uint32(s.gid)}
	}
	started, ended := make(chan error, 1), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(ended)
		err := cmd.Start()
		started <- err
		if err == nil {
			cmd.Wait()
		}
	}()
	check(t, <-started)
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		select {
		case <-ended:
			tick.Stop()
			return false
		case <-tick.C:
		}
		if s.ready() {
			tick.Stop()
			break
		}
	}
	t.Cleanup(func() { stop(cmd, ended) })
	return true
}

// stop ends every process of the server's group, and waits until they are gone:
// one that still writes would get in the way of the folder's removal. A polite
// end takes Dovecot a second, and no mail here is worth it.
func stop(cmd *exec.Cmd, ended <-chan struct{}) {
	syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	<-ended
	for tick := time.Tick(time.Millisecond); alive(cmd.Process.Pid); {
		<-tick
	}
}

// alive reports whether a process of the group is running. The dead that nobody
// has buried yet do not count.
func alive(group int) bool {
	processes, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range processes {
		stat, _ := os.ReadFile(path) // one that has ended meanwhile is not there
		_, rest, _ := strings.Cut(string(stat), ") ")
		state := strings.Fields(rest) // state, parent, group (proc_pid_stat(5))
		if len(state) > 2 && state[0] != "Z" && state[2] == strconv.Itoa(group) {
			return true
		}
	}
	return false
}

// unprivileged is who the server runs as: nobody, if the test runs as root.
func unprivileged(t testing.TB) (uid, gid int) {
	t.Helper()
	if os.Geteuid() != 0 {
		return os.Geteuid(), os.Getegid()
	}
	nobody, err := user.Lookup("nobody")
	check(t, err)
	uid, _ = strconv.Atoi(nobody.Uid)
	gid, _ = strconv.Atoi(nobody.Gid)
	return uid, gid
}
