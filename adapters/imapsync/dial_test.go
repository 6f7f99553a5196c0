package imapsync

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// names is a name server that gives another answer each time it is asked.
type names struct {
	answers [][]netip.Addr
	asked   int
}

func (n *names) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	n.asked++
	return n.answers[min(n.asked, len(n.answers))-1], nil
}

func at(addresses ...string) (parsed []netip.Addr) {
	for _, a := range addresses {
		parsed = append(parsed, netip.MustParseAddr(a))
	}
	return parsed
}

func reasonOf(err error) Reason {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	return ""
}

// D4-24: a name that leads somewhere else when it is asked again gains nothing.
func TestRebinding(t *testing.T) {
	t.Parallel()
	dns := &names{answers: [][]netip.Addr{at("::ffff:93.184.216.34"), at("127.0.0.1")}}
	var dialled []string
	c := Client{Resolver: dns, dial: func(_ context.Context, a netip.AddrPort) (net.Conn, error) {
		dialled = append(dialled, a.String())
		return nil, errors.New("no network in this test")
	}}
	if _, err := c.Try(t.Context(), Account{Host: "rebind.example", Port: 993}); reasonOf(err) != NoAnswer {
		t.Errorf("error is %v", err)
	}
	if dns.asked != 1 || !slices.Equal(dialled, []string{"93.184.216.34:993"}) {
		t.Errorf("asked %d times, dialled %v", dns.asked, dialled)
	}
}

// D4-24: one bad address among good ones is enough.
func TestEveryAddressIsChecked(t *testing.T) {
	t.Parallel()
	for _, addresses := range [][]netip.Addr{
		at("127.0.0.1"), at("1.1.1.1", "10.0.0.1"), at("2606:4700::1", "::1"), at("::ffff:127.0.0.1"), at("1.1.1.1", "fe80::1%eth0"),
	} {
		c := Client{Resolver: &names{answers: [][]netip.Addr{addresses}}, dial: func(_ context.Context, a netip.AddrPort) (net.Conn, error) {
			t.Errorf("%v was dialled", a)
			return nil, errors.ErrUnsupported
		}}
		if _, err := c.Try(t.Context(), Account{Host: "mail.example", Port: 143}); reasonOf(err) != NotAllowed {
			t.Errorf("%v: %v", addresses, err)
		}
	}
}

// D4-24: whether something listens on a refused address cannot be told.
func TestRefusalTellsNothing(t *testing.T) {
	t.Parallel()
	canary, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer canary.Close()
	touched := make(chan bool)
	go func() {
		conn, err := canary.Accept()
		if err == nil {
			conn.Close()
		}
		touched <- err == nil
	}()
	open := canary.Addr().(*net.TCPAddr).Port

	texts := map[string]bool{}
	for _, a := range []Account{
		{Host: "127.0.0.1", Port: open}, {Host: "127.0.0.1", Port: 1}, {Host: "127.0.0.1", Port: 25}, {Host: "1.1.1.1", Port: 80},
	} {
		_, err := Client{}.Try(t.Context(), a)
		if reasonOf(err) != PortClosed {
			t.Fatalf("%v: %v", a, err)
		}
		texts[err.Error()] = true
	}
	if len(texts) != 1 {
		t.Errorf("refusals differ: %v", texts)
	}
	for _, host := range []string{"127.0.0.1", "localhost", "::1", "::ffff:127.0.0.1", "0.0.0.0", "10.0.0.1"} {
		for _, port := range []int{143, 993} {
			if _, err := (Client{}).Try(t.Context(), Account{Host: host, Port: port}); reasonOf(err) != NotAllowed {
				t.Errorf("%s:%d: %v", host, port, err)
			}
		}
	}
	canary.Close()
	if <-touched {
		t.Error("somebody knocked")
	}
}

func TestNoSuchHost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		problem error
		want    Reason
	}{
		{&net.DNSError{Err: "no such host", IsNotFound: true}, HostNotFound},
		{&net.DNSError{Err: "i/o timeout", IsTimeout: true}, NoAnswer},
		{nil, HostNotFound},
	} {
		_, err := Client{Resolver: deaf{c.problem}}.Try(t.Context(), Account{Host: "nowhere.example", Port: 993})
		if reasonOf(err) != c.want || !strings.Contains(err.Error(), "nowhere.example") {
			t.Errorf("%v gives %v", c.problem, err)
		}
	}
}

// deaf is a name server that knows nothing.
type deaf struct{ err error }

func (d deaf) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) { return nil, d.err }

func TestNothingListens(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	if _, err := (Client{AllowPrivate: true}).Try(t.Context(), Account{Host: "127.0.0.1", Port: port}); reasonOf(err) != Refused {
		t.Error(err)
	}
}

func TestPortsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, port := range []int{-1, 0, 65536, 1 << 40} {
		if _, err := (Client{AllowPrivate: true}).Try(t.Context(), Account{Host: "127.0.0.1", Port: port}); reasonOf(err) != PortClosed {
			t.Errorf("port %d: %v", port, err)
		}
	}
}
