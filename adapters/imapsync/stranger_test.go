package imapsync

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
)

// stranger is a scripted IMAP server at the other end of a pipe. It greets and
// answers decently, except where its script says otherwise.
type stranger struct {
	net.Conn
	greeting string
	script   map[string]string // by command: what is said, with ~ for its tag
	act      map[string]func(*stranger)
	sent     atomic.Int64
	gone     chan struct{} // closed when it is
}

// says is a stranger who answers command with text.
func says(command, text string) *stranger {
	return &stranger{script: map[string]string{command: text}}
}

// does is a stranger who acts on command, or instead of a greeting on "", and
// then hangs up.
func does(command string, act func(*stranger)) *stranger {
	return &stranger{act: map[string]func(*stranger){command: act}}
}

// client is one that reaches the stranger, whatever it dials.
func (s *stranger) client() Client {
	return Client{AllowPrivate: true, dial: func(context.Context, netip.AddrPort) (net.Conn, error) {
		near, far := net.Pipe()
		s.Conn, s.gone = far, make(chan struct{})
		go s.serve()
		return near, nil
	}}
}

func (s *stranger) serve() {
	defer close(s.gone)
	defer s.Close()
	if act := s.act[""]; act != nil {
		act(s)
		return
	}
	if s.greeting == "" {
		s.greeting = "* OK ready\r\n"
	}
	if s.say(s.greeting) != nil {
		return
	}
	for lines := bufio.NewScanner(s.Conn); lines.Scan(); {
		tag, rest, _ := strings.Cut(lines.Text(), " ")
		command, _, _ := strings.Cut(strings.ToUpper(strings.TrimPrefix(rest, "UID ")), " ")
		if command == "FETCH" && !strings.Contains(rest, "BODY") {
			command = "SIZES"
		}
		if act := s.act[command]; act != nil {
			act(s)
			return
		}
		answer, scripted := s.script[command]
		if !scripted {
			answer = decent[command]
		}
		if s.say(strings.ReplaceAll(answer, "~", tag)) != nil || command == "LOGOUT" {
			return
		}
		if answer == "" {
			s.listen()
			return
		}
	}
}

// say sends text as far as anybody listens.
func (s *stranger) say(text string) error {
	n, err := io.WriteString(s.Conn, text)
	s.sent.Add(int64(n))
	return err
}

// listen says nothing any more.
func (s *stranger) listen() { io.Copy(io.Discard, s.Conn) }

// endlessly says first and then the same for ever.
func endlessly(first, more string) func(*stranger) {
	return func(s *stranger) {
		for err := s.say(first); err == nil; {
			err = s.say(strings.Repeat(more, 1+4096/len(more)))
		}
	}
}

const letter = "From: Ada <ada@example.com>\r\nSubject: Hello\r\n\r\n"

func fetched(uid int, header string) string {
	return fmt.Sprintf("* %d FETCH (UID %d INTERNALDATE \" 2-Mar-2026 10:00:00 +0100\" RFC822.SIZE 500 BODY[HEADER]<0> {%d}\r\n%s)\r\n", uid, uid, len(header), header)
}

func sized(uid int) string {
	return fmt.Sprintf("* %d FETCH (UID %d INTERNALDATE \" 2-Mar-2026 10:00:00 +0100\" RFC822.SIZE 500)\r\n", uid, uid)
}

var three = fetched(1, letter) + fetched(2, letter) + fetched(3, letter)

var decent = map[string]string{
	"CAPABILITY": "* CAPABILITY IMAP4rev1\r\n~ OK done\r\n",
	"LOGIN":      "~ OK welcome\r\n",
	"LIST":       "* LIST () \"/\" INBOX\r\n~ OK done\r\n",
	"STATUS":     "* STATUS INBOX (MESSAGES 3)\r\n~ OK done\r\n",
	"EXAMINE":    "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4] ok\r\n~ OK [READ-ONLY] done\r\n",
	"SEARCH":     "* SEARCH 1 2 3\r\n~ OK done\r\n",
	"FETCH":      three + "~ OK done\r\n",
	"SIZES":      sized(1) + sized(2) + sized(3) + "~ OK done\r\n",
	"LOGOUT":     "* BYE see you\r\n~ OK done\r\n",
}
