package imapsync

import (
	"context"
	"io"
	"net"
	"strings"
)

// mostGreeting bounds the bytes of a greeting and of the way to TLS.
const mostGreeting = 16 << 10

// greet brings a fresh connection to the point where the IMAP client takes
// over: protected as the account demands and greeted by an IMAP server that
// wants a login. Lines are read byte by byte, so that nothing a stranger slips
// in before TLS can be taken for what comes after it (CVE-2011-0411).
func (c Client) greet(ctx context.Context, raw net.Conn, a Account) (*wire, error) {
	w := &wire{Conn: raw, raw: raw}
	w.allow(mostGreeting)
	switch a.Security {
	case TLS, "":
		if err := c.encrypt(ctx, w, a.Host); err != nil {
			return nil, err
		}
		if err := w.welcome(); err != nil {
			return nil, err
		}
	case StartTLS:
		if err := w.welcome(); err != nil {
			return nil, err
		}
		if err := w.startTLS(); err != nil {
			return nil, err
		}
		if err := c.encrypt(ctx, w, a.Host); err != nil {
			return nil, err
		}
	case None:
		if err := w.welcome(); err != nil {
			return nil, err
		}
	default:
		return nil, fault(NotAllowed, "The security of a mail server is tls, starttls or none.")
	}
	// What the server said so far is forgotten; the client asks again what it can.
	w.replay = []byte("* OK ready\r\n")
	return w, nil
}

// welcome reads the greeting (RFC 9051 §7.1). PREAUTH is refused: nobody has
// said yet whose mailbox is wanted, and before TLS it would prevent TLS.
func (w *wire) welcome() error {
	line, err := w.readLine()
	if err != nil {
		return err
	}
	switch status, text := cut(strings.TrimPrefix(line, "* ")); {
	case !strings.HasPrefix(line, "* "):
		return fault(NotIMAP, "What answers is not an IMAP server.")
	case status == "OK":
		return nil
	case status == "BYE":
		return fault(Unavailable, "The server does not want us now: %s", quote(text))
	}
	return fault(NotIMAP, "What answers is not an IMAP server that asks for a login.")
}

// readLine reads one line, without its end.
func (w *wire) readLine() (string, error) {
	var line []byte
	for b := make([]byte, 1); ; {
		if _, err := io.ReadFull(w, b); err != nil {
			return "", w.broken.Load()
		}
		if b[0] == '\n' {
			return strings.TrimSuffix(string(line), "\r"), nil
		}
		line = append(line, b[0])
	}
}

// cut takes the first word off a line, in capitals.
func cut(line string) (word, rest string) {
	word, rest, _ = strings.Cut(line, " ")
	return strings.ToUpper(word), rest
}
