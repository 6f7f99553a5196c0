// Package dovecottest lends tests a real IMAP server: Dovecot 2.3, from the
// Debian package dovecot-imapd.
package dovecottest

import (
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Server is a Dovecot of the test's own, with as many accounts as are asked for.
// It listens on loopback only and ends with the test.
type Server struct {
	Port    int // in the clear, and STARTTLS
	TLSPort int

	// Roots trust the server's certificate, which is for "localhost" and
	// 127.0.0.1 and signed by nobody else.
	Roots *x509.CertPool

	folder    string
	uid, gid  int
	mu        sync.Mutex // of the password files
	delivered atomic.Int64
}

// Account is a mailbox on a Server.
type Account struct {
	Host          string
	Port, TLSPort int
	User          string
	Password      string
}

// Start runs a Dovecot until the test is over. It takes some tens of
// milliseconds. Without Dovecot on the machine the test fails: it is never
// skipped.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{folder: t.TempDir()}
	s.uid, s.gid = unprivileged(t)
	for _, name := range []string{"base", "state", "users", "mail"} {
		s.mkdir(t, filepath.Join(s.folder, name))
	}
	// The folder that t.TempDir lies in is closed to everybody else.
	check(t, os.Chmod(filepath.Dir(s.folder), 0o711))
	s.own(t, s.folder)
	s.Roots = s.certify(t)
	for attempt := 0; ; attempt++ {
		s.Port, s.TLSPort = freePort(t), freePort(t)
		s.write(t, filepath.Join(s.folder, "dovecot.conf"), []byte(s.config()))
		if s.run(t) {
			return s
		}
		if log, _ := os.ReadFile(filepath.Join(s.folder, "log")); attempt == 3 {
			t.Fatalf("dovecot does not start:\n%s", log)
		}
	}
}

// Account returns the mailbox of user, made when it is first asked for.
func (s *Server) Account(t testing.TB, user string) Account {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	a := Account{Host: "127.0.0.1", Port: s.Port, TLSPort: s.TLSPort, User: user, Password: "pass-of-" + user}
	s.write(t, filepath.Join(s.folder, "users", user), []byte(fmt.Sprintf("%s:{PLAIN}%s\n", user, a.Password)))
	return a
}

// Deliver puts a mail into a folder of user's mailbox, as another program would:
// byte by byte as it is. The parts of a folder's path are separated by "/";
// folders are made when they are missing. Mail delivered later has a higher UID.
func (s *Server) Deliver(t testing.TB, user, folder string, raw []byte) {
	t.Helper()
	box := filepath.Join(s.folder, "mail", user, "mail", filepath.FromSlash(folder))
	for _, part := range []string{"tmp", "cur", "new"} {
		s.mkdir(t, filepath.Join(box, part))
	}
	name := fmt.Sprintf("%010d.M%010d.test", time.Now().Unix(), s.delivered.Add(1))
	s.write(t, filepath.Join(box, "tmp", name), raw)
	check(t, os.Rename(filepath.Join(box, "tmp", name), filepath.Join(box, "new", name)))
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
