package imapsync

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// mostAddresses bounds how many addresses of one host are tried.
const mostAddresses = 8

// connect resolves the host once, checks every address it has and dials exactly
// what was checked, so that a second answer of the name server changes nothing
// (D4-24). What is refused is refused before anything is sent: the error says
// nothing about what listens there.
func (c Client) connect(ctx context.Context, a Account) (net.Conn, error) {
	if a.Port < 1 || a.Port > 65535 || !c.AllowPrivate && a.Port != 143 && a.Port != 993 {
		return nil, fault(PortClosed, "Mail is read on the ports 993 and 143 only.")
	}
	addresses, err := c.resolve(ctx, a.Host)
	if err != nil {
		return nil, err
	}
	for _, address := range addresses {
		if !c.AllowPrivate && !allowed(address) {
			return nil, fault(NotAllowed, "The address of %s is not a public one.", clean(a.Host, 253))
		}
	}
	addresses = addresses[:min(len(addresses), mostAddresses)]
	for i, address := range addresses {
		conn, problem := c.reach(ctx, netip.AddrPortFrom(address, uint16(a.Port)), len(addresses)-i)
		if problem == nil {
			return conn, nil
		}
		err = problem
	}
	return nil, err
}

// resolve finds the addresses of host, which may be an address itself.
func (c Client) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if address, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{address}, nil
	}
	var resolver Resolver = net.DefaultResolver
	if c.Resolver != nil {
		resolver = c.Resolver
	}
	addresses, err := resolver.LookupNetIP(ctx, "ip", host)
	switch unknown, _ := errors.AsType[*net.DNSError](err); {
	case ctx.Err() != nil:
		return nil, ended(ctx)
	case err != nil && (unknown == nil || !unknown.IsNotFound):
		return nil, fault(NoAnswer, "The name server does not answer for %s.", clean(host, 253))
	case err != nil || len(addresses) == 0:
		return nil, fault(HostNotFound, "There is no host %s.", clean(host, 253))
	}
	for i := range addresses {
		addresses[i] = addresses[i].Unmap() // Go's resolver writes IPv4 as ::ffff:1.2.3.4
	}
	return addresses, nil
}

// reach dials one address. It takes its share of the time when others are left.
func (c Client) reach(ctx context.Context, address netip.AddrPort, left int) (net.Conn, error) {
	share, cancel := context.WithTimeout(ctx, c.timeout()/time.Duration(left))
	defer cancel()
	dial := c.dial
	if dial == nil {
		dial = dialTCP
	}
	conn, err := dial(share, address)
	switch {
	case err == nil:
		return conn, nil
	case ctx.Err() != nil:
		return nil, ended(ctx)
	case errors.Is(err, syscall.ECONNREFUSED):
		return nil, fault(Refused, "The server refuses connections on port %d.", address.Port())
	}
	return nil, fault(NoAnswer, "The server cannot be reached on port %d.", address.Port())
}

func dialTCP(ctx context.Context, address netip.AddrPort) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", address.String())
}
