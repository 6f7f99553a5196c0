package dovecottest

import (
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// freePort finds a port that nothing listens on. Somebody may be quicker: then
// Dovecot does not start, and Start tries another.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// binary finds the server. On Debian it is not in everybody's PATH.
func binary(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"dovecot", "/usr/sbin/dovecot", "/usr/local/sbin/dovecot"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("this test needs Dovecot: apt-get install dovecot-imapd")
	return ""
}

// ready reports whether the server greets on its port.
func (s *Server) ready() bool {
	conn, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", s.Port), time.Second)
	if err != nil {
		return false
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	greeting := make([]byte, 4)
	_, err = io.ReadFull(conn, greeting)
	return err == nil && strings.HasPrefix(string(greeting), "* OK")
}
