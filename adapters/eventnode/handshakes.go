package eventnode

import (
	"net"
	"sync"
	"time"
)

// longestHandshake is how long a client can take to say that it is one.
const longestHandshake = 5 * time.Second

// handshakes is a listener that can cut off those who have connected and not yet said
// what they want. The server waits for them when it stops, though they may never speak.
type handshakes struct {
	net.Listener
	mu    sync.Mutex
	over  bool
	begun map[net.Conn]struct{}
}

func newHandshakes(l net.Listener) *handshakes {
	return &handshakes{Listener: l, begun: map[net.Conn]struct{}{}}
}

// Accept implements net.Listener.
func (h *handshakes) Accept() (net.Conn, error) {
	raw, err := h.Listener.Accept()
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over {
		_ = raw.Close()
	}
	h.begun[raw] = struct{}{}
	return greeted{raw, h}, nil
}

// cut closes the connections whose handshakes are under way, and those to come.
func (h *handshakes) cut() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over = true
	for raw := range h.begun {
		_ = raw.Close()
	}
}

// done says that a handshake is over, be it well or not.
func (h *handshakes) done(raw net.Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.begun, raw)
}

// greeted is a connection that the server shakes hands on.
type greeted struct {
	net.Conn
	under *handshakes
}

// SetDeadline implements net.Conn. The server sets one for the handshake and takes it
// back afterwards.
func (c greeted) SetDeadline(t time.Time) error {
	if t.IsZero() {
		c.under.done(c.Conn)
	}
	return c.Conn.SetDeadline(t)
}

// Close implements net.Conn.
func (c greeted) Close() error {
	c.under.done(c.Conn)
	return c.Conn.Close()
}
