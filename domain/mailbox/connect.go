package mailbox

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"skein/domain"
	"skein/domain/space"
)

// Connect connects a mailbox to a space. Its login was tried beforehand.
type Connect struct {
	Space   space.Space // as it stands
	Name    string      // empty: the account's user
	Account Account
	Sealed  []byte
	Folders []Folder // as the server lists them
}

var (
	errConnected = domain.Refuse(domain.Conflict, "mailbox_exists", "A mailbox with this id is connected already.")
	errName      = domain.Refuse(domain.Invalid, "mailbox_name_invalid", "A mailbox's name has at most 254 characters on one line.")
	errHost      = domain.Refuse(domain.Invalid, "mailbox_host_invalid", "A mailbox needs the name of its IMAP server, such as imap.example.org.")
	errPort      = domain.Refuse(domain.Invalid, "mailbox_port_invalid", "A port lies between 1 and 65535; IMAP servers mostly use 993.")
	errSecurity  = domain.Refuse(domain.Invalid, "mailbox_security_unknown", "The way to the server is protected by tls, starttls or none.")
	errUser      = domain.Refuse(domain.Invalid, "mailbox_user_invalid", "A mailbox needs the user name of its account, of at most 254 characters.")
)

// Check refuses accounts that cannot be meant, before anybody is bothered with them.
func (a Account) Check() error {
	switch {
	case a.Host == "" || len(a.Host) > 253 || !utf8.ValidString(a.Host) || strings.ContainsFunc(a.Host, unicode.IsSpace) || strings.ContainsAny(a.Host, "/@\x00"):
		return errHost.Where("/host")
	case a.Port < 1 || a.Port > 65535:
		return errPort.Where("/port")
	case a.Security != TLS && a.Security != StartTLS && a.Security != Plain:
		return errSecurity.Where("/security")
	case a.User == "" || len(a.User) > 254 || !utf8.ValidString(a.User) || strings.ContainsFunc(a.User, unicode.IsControl):
		return errUser.Where("/user")
	}
	return nil
}

func (cmd Connect) decide(m Mailbox) ([]Event, error) {
	if err := cmd.Space.Known(); err != nil {
		return nil, err
	}
	if err := cmd.Account.Check(); err != nil {
		return nil, err
	}
	name, fit := domain.Line(cmp.Or(strings.TrimSpace(cmd.Name), cmd.Account.User), 254)
	switch {
	case !m.Connected.IsZero():
		return nil, errConnected
	case !fit:
		return nil, errName.Where("/name")
	}
	return []Event{Connected{name, cmd.Account, cmd.Sealed, cmd.Folders}}, nil
}

// Connected tells that a mailbox was connected.
type Connected struct {
	Name    string   `json:"name"`
	Account Account  `json:"account"`
	Sealed  []byte   `json:"sealed"`
	Folders []Folder `json:"folders"`
}

// Kind implements domain.Event.
func (Connected) Kind() string { return "mailbox.connected" }

func (e Connected) evolve(m Mailbox, at domain.Moment) Mailbox {
	m.Connected, m.Name, m.Account, m.Sealed, m.Folders = at.At, e.Name, e.Account, e.Sealed, e.Folders
	return m
}
