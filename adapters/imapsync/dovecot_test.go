package imapsync

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"skein/adapters/imapsync/dovecottest"
)

// clear is the account of user without TLS.
func clear(a dovecottest.Account) Account {
	return Account{a.Host, a.Port, None, a.User, a.Password}
}

// C3-11: a login is tried before anything is recorded of it.
func TestTry(t *testing.T) {
	t.Parallel()
	server := dovecottest.Start(t)
	ada := server.Account(t, "ada")
	trusting := Client{AllowPrivate: true, RootCAs: server.Roots}
	for name, c := range map[string]struct {
		client Client
		Account
		want Reason
	}{
		"in the clear":     {trusting, clear(ada), ""},
		"STARTTLS":         {trusting, Account{"localhost", ada.Port, StartTLS, "ada", ada.Password}, ""},
		"TLS":              {trusting, Account{"localhost", ada.TLSPort, TLS, "ada", ada.Password}, ""},
		"TLS by default":   {trusting, Account{"127.0.0.1", ada.TLSPort, "", "ada", ada.Password}, ""},
		"wrong password":   {trusting, Account{ada.Host, ada.Port, None, "ada", planted}, LoginRefused},
		"no password":      {trusting, Account{ada.Host, ada.Port, None, "ada", ""}, LoginRefused},
		"odd password":     {trusting, Account{ada.Host, ada.Port, None, "ada", "ü\"\\\r\n{5}\x00"}, LoginRefused},
		"nobody":           {trusting, Account{ada.Host, ada.Port, StartTLS, "eve", ada.Password}, LoginRefused},
		"self-signed":      {Client{AllowPrivate: true}, Account{"localhost", ada.TLSPort, TLS, "ada", ada.Password}, TLSFailed},
		"self-signed, too": {Client{AllowPrivate: true}, Account{"localhost", ada.Port, StartTLS, "ada", ada.Password}, TLSFailed},
		"nothing there":    {trusting, Account{"127.0.0.2", ada.TLSPort, TLS, "ada", ada.Password}, Refused},
		"no TLS there":     {trusting, Account{"localhost", ada.Port, TLS, "ada", ada.Password}, TLSFailed},
		"odd security":     {trusting, Account{"localhost", ada.Port, "ssl", "ada", ada.Password}, NotAllowed},
		"strict":           {Client{}, clear(ada), PortClosed},
	} {
		folders, err := c.client.Try(t.Context(), c.Account)
		if reasonOf(err) != c.want || (err == nil) != (len(folders) > 0) {
			t.Errorf("%s: %d folders, %v", name, len(folders), err)
		}
		if err != nil && (strings.Contains(err.Error(), planted) || strings.Contains(err.Error(), ada.Password)) {
			t.Errorf("%s: the password is in %v", name, err)
		}
	}
}

// D4-24: a certificate for another name proves nothing.
func TestOtherName(t *testing.T) {
	t.Parallel()
	server := dovecottest.Start(t)
	ada := server.Account(t, "ada")
	c := Client{AllowPrivate: true, RootCAs: server.Roots, Resolver: &names{answers: [][]netip.Addr{at("127.0.0.1")}}}
	_, err := c.Try(t.Context(), Account{"mail.example.com", ada.TLSPort, TLS, "ada", ada.Password})
	if reasonOf(err) != TLSFailed || !strings.Contains(err.Error(), "not for the name mail.example.com") {
		t.Error(err)
	}
}

// D4-7: paths and delimiters are kept, names are decoded, uses are told.
func TestFolders(t *testing.T) {
	t.Parallel()
	server := dovecottest.Start(t)
	ada := server.Account(t, "ada")
	odd := []string{"Müller & Söhne/2026/März", "日本語/お客様", "a b  c", `say "hi"`, "100% [x] (y) {z}", "Emoji 🎉", "&", "back\\slash", "Spam", "-"}
	for _, folder := range odd {
		server.Deliver(t, "ada", folder, []byte(letter))
	}
	folders, err := Client{AllowPrivate: true}.Try(t.Context(), clear(ada))
	if err != nil {
		t.Fatal(err)
	}
	want := []Folder{
		{"INBOX", "/", Inbox, true, 0},
		{"Gesendet", "/", Sent, true, 0},
		{"Papierkorb", "/", Trash, true, 0},
		{"Müller & Söhne", "/", "", false, 0},
		{"Müller & Söhne/2026", "/", "", false, 0},
		{"日本語", "/", "", false, 0},
	}
	for _, folder := range odd {
		use := Use("")
		if folder == "Spam" {
			use = Junk
		}
		want = append(want, Folder{folder, "/", use, true, 1})
	}
	byPath := cmpopts.SortSlices(func(a, b Folder) bool { return a.Path < b.Path })
	if diff := cmp.Diff(want, folders, byPath); diff != "" {
		t.Error(diff)
	}

	s := session(t, ada)
	for _, f := range folders {
		read := collect(t, s, f.Path, Cursor{}, f.Selectable)
		if len(read) != int(f.Messages) {
			t.Errorf("%s: %d mails, %d said", f.Path, len(read), f.Messages)
		}
	}
}

// session is one of a's that ends with the test.
func session(t *testing.T, a dovecottest.Account) *Session {
	t.Helper()
	s, err := Client{AllowPrivate: true}.Open(t.Context(), clear(a))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// collect reads a folder, which can be opened or not.
func collect(t *testing.T, s *Session, folder string, after Cursor, opens bool) (read []Message) {
	t.Helper()
	for m, err := range s.Read(t.Context(), folder, after) {
		if err != nil {
			if opens || reasonOf(err) != NoFolder {
				t.Fatalf("%s: %v", folder, err)
			}
			return nil
		}
		read = append(read, m)
	}
	return read
}
