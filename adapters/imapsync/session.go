package imapsync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Session is a connection that is logged in. It is for one goroutine: while a
// loop over Read is running, nothing else may be asked of it. Who opens a
// Session closes it.
type Session struct {
	imap    *imapclient.Client
	wire    *wire
	account Account
	timeout time.Duration
}

// Format implements fmt.Formatter for every verb, as Account does.
func (s *Session) Format(f fmt.State, verb rune) { s.account.Format(f, verb) }

// mostReply is what a server may send in answer to a command that asks for little.
const mostReply = 256 << 10

// Open connects and logs in. Its error is an *Error, or wraps that of a context
// that ended. The whole takes at most the client's Timeout.
func (c Client) Open(ctx context.Context, a Account) (*Session, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout(), silence(c.timeout()))
	defer cancel()
	raw, err := c.connect(ctx, a)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	defer stop()
	wire, err := c.greet(ctx, raw, a)
	if err != nil {
		raw.Close()
		if ctx.Err() != nil {
			err = ended(ctx)
		}
		return nil, err
	}
	s := &Session{imapclient.New(wire, nil), wire, a, c.timeout()}
	if err := s.login(ctx, a); err != nil {
		s.imap.Close()
		return nil, err
	}
	return s, nil
}

// Close says good-bye, for at most two seconds, and closes the connection.
func (s *Session) Close() {
	if s.wire.broken.Load() == nil {
		ctx, cancel := context.WithTimeout(context.Background(), min(s.timeout, 2*time.Second))
		defer cancel()
		s.do(ctx, mostReply, s.imap.Logout().Wait)
	}
	s.imap.Close()
}

// do carries out one exchange with the server, in which it may send at most
// allowance bytes and take at most the session's timeout. When either runs out,
// or ctx ends, the connection is closed and with it the session.
//
// An answer of NO or BAD comes back as it is; every other error is explained.
func (s *Session) do(ctx context.Context, allowance int, exchange func() error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, s.timeout, silence(s.timeout))
	defer cancel()
	defer context.AfterFunc(ctx, func() { s.wire.Close() })()
	s.wire.allow(allowance)
	err := exchange()
	if _, ok := errors.AsType[*imap.Error](err); err == nil || ok {
		return err
	}
	broken := s.wire.broken.Load()
	if ctx.Err() != nil && broken != errTooMuch {
		return ended(ctx)
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if broken != nil {
		return broken
	}
	return errGarbled
}
