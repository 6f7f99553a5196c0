// Package imapsync reads mailboxes over IMAP (RFC 3501, RFC 9051): it tries a
// login, lists folders and yields what the headers of new mail say, without
// ever marking a mail as seen.
//
// A server is a stranger. What it may make us dial, wait for, hold in memory or
// believe is bounded here, so that a hostile one costs its own mailbox a clear
// error and nobody else anything.
package imapsync

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"
)

// Security says how the way to a server is protected.
type Security string

// The ways to reach a server. The zero Security is TLS.
const (
	TLS      Security = "tls"      // TLS from the first byte, usually port 993 (RFC 8314).
	StartTLS Security = "starttls" // TLS after STARTTLS, usually port 143; never without it.
	None     Security = "none"     // In the clear, the password too.
)

// Account is how a mailbox is reached. However it is printed, it keeps its
// password to itself.
type Account struct {
	Host     string   `json:"host"`
	Port     int      `json:"port"`
	Security Security `json:"security"`
	User     string   `json:"user"`
	Password string   `json:"-"`
}

// Format implements fmt.Formatter for every verb, so that no log shows a password.
func (a Account) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "%s at %s:%d (%s)", a.User, a.Host, a.Port, a.Security)
}

// LogValue implements slog.LogValuer.
func (a Account) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(a)) }

// Client connects to mail servers. The zero Client is ready to use.
type Client struct {
	// AllowPrivate permits every address and every port, loopback and private
	// networks too. It is for tests and for installations whose mail server
	// stands in their own network.
	AllowPrivate bool

	// Timeout bounds the opening of a session, from the first look-up to the
	// login, and after that each command. Zero means 30 seconds.
	Timeout time.Duration

	// RootCAs are the authorities to trust; nil means those of the system.
	RootCAs *x509.CertPool

	// Resolver finds the addresses of hosts; nil means that of the system.
	Resolver Resolver

	dial func(context.Context, netip.AddrPort) (net.Conn, error) // nil means TCP
}

// Resolver finds the addresses of a host. *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

func (c Client) timeout() time.Duration {
	if c.Timeout > 0 {
		return c.Timeout
	}
	return 30 * time.Second
}
