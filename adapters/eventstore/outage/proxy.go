// Package outage makes connections fail the ways they do, for tests: a Proxy stands
// between a client and its server and spoils what passes through it.
package outage

import (
	"context"
	"net"
	"strings"
	"sync"
	"time"
)

// A Proxy passes on TCP connections to a server, well or badly.
type Proxy struct {
	listener net.Listener
	ctx      context.Context // over when the proxy is closed
	close    context.CancelFunc
	passing  sync.WaitGroup

	mu     sync.Mutex
	target string
	links  map[*link]struct{}
	resume chan struct{} // closed when a stall is over; nil when nothing is stalled
	delay  time.Duration // of every piece that passes
}

// Start listens for connections to a target: "host:port" or "unix:///…/node.sock".
func Start(target string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: l, target: target, links: map[*link]struct{}{}}
	p.ctx, p.close = context.WithCancel(context.Background())
	p.passing.Go(p.accept)
	return p, nil
}

// Target is where clients reach the proxy.
func (p *Proxy) Target() string { return p.listener.Addr().String() }

// Close ends all connections and listens no more.
func (p *Proxy) Close() error {
	p.close()
	err := p.listener.Close()
	p.Cut()
	p.passing.Wait()
	return err
}

// Lead leads connections to another target from now on.
func (p *Proxy) Lead(target string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = target
}

// Cut ends all connections, towards both sides.
func (p *Proxy) Cut() { p.each((*link).cut) }

// Reset ends all connections with a reset.
func (p *Proxy) Reset() {
	p.each(func(l *link) {
		for _, conn := range []net.Conn{l.client, l.server} {
			if tcp, ok := conn.(*net.TCPConn); ok {
				tcp.SetLinger(0)
			}
		}
		l.cut()
	})
}

// Deafen loses all answers on the connections of now, which stay open: what clients
// say still arrives.
func (p *Proxy) Deafen() { p.each(func(l *link) { l.deaf.Store(true) }) }

// Stall holds everything, on the connections of now and on others, until Resume.
func (p *Proxy) Stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.resume == nil {
		p.resume = make(chan struct{})
	}
}

// Resume ends a stall: what was held arrives.
func (p *Proxy) Resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.resume != nil {
		close(p.resume)
		p.resume = nil
	}
}

// Slow delays every piece that passes, until it is called with 0.
func (p *Proxy) Slow(delay time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = delay
}

func (p *Proxy) each(do func(*link)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		do(l)
	}
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		target := p.target
		p.mu.Unlock()
		network := "tcp"
		if path, ok := strings.CutPrefix(target, "unix://"); ok {
			network, target = "unix", path
		}
		server, err := net.Dial(network, target)
		if err != nil {
			client.Close()
			continue
		}
		p.join(&link{client: client, server: server})
	}
}

// join passes on what both sides of a link say.
func (p *Proxy) join(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx.Err() != nil {
		l.cut()
		return
	}
	p.links[l] = struct{}{}
	p.passing.Go(func() {
		var both sync.WaitGroup
		both.Go(func() { p.pass(l, l.client, l.server) })
		both.Go(func() { p.pass(l, l.server, l.client) })
		both.Wait()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.links, l)
	})
}

// pass passes on what one side says, until either is gone.
func (p *Proxy) pass(l *link, from, to net.Conn) {
	defer l.cut()
	piece := make([]byte, 16<<10)
	for {
		n, err := from.Read(piece)
		if err != nil || !p.held() {
			return
		}
		if l.deaf.Load() && to == l.client {
			continue
		}
		if _, err := to.Write(piece[:n]); err != nil {
			return
		}
	}
}

// held holds a piece for as long as the weather demands. It returns false when the
// proxy is closed meanwhile.
func (p *Proxy) held() bool {
	for {
		p.mu.Lock()
		resume, delay := p.resume, p.delay
		p.mu.Unlock()
		var late <-chan time.Time
		switch {
		case resume != nil:
		case delay > 0:
			late = time.After(delay)
		default:
			return p.ctx.Err() == nil
		}
		select {
		case <-resume:
		case <-late:
			return true
		case <-p.ctx.Done():
			return false
		}
	}
}
