package imapsync

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Reason says what stood in the way. It is for programs and does not change.
type Reason string

// The reasons of an Error.
const (
	HostNotFound Reason = "host_not_found"       // The name has no address.
	NotAllowed   Reason = "address_not_allowed"  // An address that is never dialled (D4-24).
	PortClosed   Reason = "port_not_allowed"     // A port that is never dialled (D4-24).
	Refused      Reason = "connection_refused"   // Nothing listens there.
	NoAnswer     Reason = "no_answer"            // Too slow, or silent.
	TLSFailed    Reason = "tls_failed"           // No TLS, or a certificate that proves nothing.
	NoStartTLS   Reason = "starttls_not_offered" // The server would go on in the clear (D4-24).
	NotIMAP      Reason = "not_an_imap_server"   // Something else answers.
	LoginRefused Reason = "login_refused"        // Wrong user or password.
	Unavailable  Reason = "server_unavailable"   // The server says: not now (RFC 5530).
	NoFolder     Reason = "folder_not_found"     // The folder cannot be opened.
	Broken       Reason = "connection_broken"    // Hung up, unintelligible, or too much.
)

// Error is why a mailbox could not be reached or read. Its Message is a
// sentence for people; it may quote the server but never holds the password.
type Error struct {
	Reason  Reason
	Message string
}

func (e *Error) Error() string { return e.Message }

func fault(reason Reason, format string, args ...any) *Error {
	return &Error{reason, fmt.Sprintf(format, args...)}
}

var (
	errTooMuch = fault(Broken, "The server sent more than its answer may hold.")
	errClosed  = fault(Broken, "The server closed the connection.")
	errGarbled = fault(Broken, "The server does not keep to the rules of IMAP.")
)

// silence is the cause of a context whose time is up because of us.
func silence(timeout time.Duration) *Error {
	return fault(NoAnswer, "The server did not answer within %v.", timeout)
}

// ended tells why ctx ended: with our silence, or with what the caller wanted.
func ended(ctx context.Context) error {
	cause := context.Cause(ctx)
	if e, ok := errors.AsType[*Error](cause); ok {
		return e
	}
	return fmt.Errorf("read mailbox: %w", cause)
}

// refusal turns the NO or BAD of a server into an Error, in the server's own
// words. The codes that mean "not now" are those of RFC 5530 §3.
func refusal(e *imap.Error, reason Reason, what string, secrets ...string) *Error {
	switch e.Code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit, imap.ResponseCodeServerBug:
		reason = Unavailable
	}
	return fault(reason, "%s: %s", what, quote(e.Text, secrets...))
}

// forms are the ways in which a server could echo the password of a.
func (a Account) forms() []string {
	plain := "\x00" + a.User + "\x00" + a.Password
	return []string{
		base64.StdEncoding.EncodeToString([]byte(plain)),
		base64.StdEncoding.EncodeToString([]byte(a.Password)),
		a.Password,
	}
}
