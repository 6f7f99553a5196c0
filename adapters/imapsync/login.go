package imapsync

import (
	"context"
	"errors"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"
)

// login proves who we are, by SASL PLAIN (RFC 4616) where the server takes it,
// for that one knows what UTF-8 is, and by LOGIN elsewhere.
func (s *Session) login(ctx context.Context, a Account) error {
	err := s.do(ctx, mostReply, func() error {
		can := s.imap.Caps()
		switch {
		case can.Has(imap.AuthCap(sasl.Plain)):
			return s.imap.Authenticate(sasl.NewPlainClient("", a.User, a.Password))
		case can.Has(imap.CapLoginDisabled):
			return fault(LoginRefused, "The server takes no password on a connection like this.")
		}
		return s.imap.Login(a.User, a.Password).Wait()
	})
	if no, ok := errors.AsType[*imap.Error](err); ok {
		return refusal(no, LoginRefused, "The server refused the login", a.forms()...)
	}
	return err
}
