package imapsync

import (
	"net"
	"sync/atomic"
	"time"
)

// What a server may send. Together with the allowance of each command these
// bound memory whatever the server claims: literals and lists are believed only
// as far as they arrive.
const (
	mostLine  = 256 << 10 // bytes of a line, literals aside
	mostDepth = 1000      // opening parentheses in a row: each costs the parser a frame of stack
)

// wire is the connection below the IMAP client. It counts what comes in and
// breaks when that is too much. Time is not its business: whoever waits closes
// it when the time is up, and the deadlines of the IMAP client, which know
// nothing of ours, have no effect.
type wire struct {
	net.Conn          // what is read and written: TLS, or raw
	raw      net.Conn // what is closed

	replay []byte       // read before anything from the connection
	left   atomic.Int64 // bytes still allowed
	broken atomic.Pointer[Error]
	frame  frame
}

// allow lets the server send n bytes more, and forgets what was left.
func (w *wire) allow(n int) { w.left.Store(int64(n)) }

func (w *wire) Read(p []byte) (int, error) {
	if len(w.replay) > 0 {
		n := copy(p, w.replay)
		w.replay = w.replay[n:]
		return n, nil
	}
	n, err := w.Conn.Read(p)
	if w.left.Add(-int64(n)) < 0 || w.frame.excessive(p[:n]) {
		w.broken.CompareAndSwap(nil, errTooMuch)
		return 0, errTooMuch
	}
	if err != nil {
		// Not io.EOF: the client would take it for the end of a literal.
		w.broken.CompareAndSwap(nil, errClosed)
		return n, errClosed
	}
	return n, nil
}

// Close cuts the connection at once, without a farewell that could block.
func (w *wire) Close() error { return w.raw.Close() }

func (*wire) SetDeadline(time.Time) error      { return nil }
func (*wire) SetReadDeadline(time.Time) error  { return nil }
func (*wire) SetWriteDeadline(time.Time) error { return nil }
