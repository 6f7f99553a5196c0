package dovecottest

import (
	"fmt"
	"net"
	"testing"
)

func TestServerEndsWithItsTest(t *testing.T) {
	t.Parallel()
	var s *Server
	t.Run("inner", func(t *testing.T) {
		s = Start(t)
		s.Deliver(t, s.Account(t, "ada").User, "INBOX/below", []byte("From: ada@example.com\r\n\r\n"))
		if !s.ready() {
			t.Error("the server does not greet")
		}
	})
	for _, port := range []int{s.Port, s.TLSPort} {
		if conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			conn.Close()
			t.Errorf("something still listens on port %d", port)
		}
	}
}
