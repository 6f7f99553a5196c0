package outage

import (
	"net"
	"sync/atomic"
)

// link is one connection through a proxy.
type link struct {
	client, server net.Conn
	deaf           atomic.Bool // whether the client hears nothing any more
}

func (l *link) cut() {
	l.client.Close()
	l.server.Close()
}
