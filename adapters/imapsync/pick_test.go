package imapsync

import (
	"slices"
	"testing"

	"github.com/emersion/go-imap/v2"

	"skein/adapters/imapsync/dovecottest"
)

// Mail that was turned away is read again by its UIDs, and by nothing else (C0-22):
// not what was expunged meanwhile, nor anything of a folder that was made anew.
func TestPick(t *testing.T) {
	t.Parallel()
	server := dovecottest.Start(t)
	ada := server.Account(t, "ada")
	for n := range 120 {
		server.Deliver(t, "ada", "INBOX", numbered(n))
	}
	s := session(t, ada)
	validity := collect(t, s, "INBOX", Cursor{}, true)[0].UIDValidity
	other := outside(t, ada, "INBOX")
	if err := other.Store(imap.UIDSetNum(3), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
		t.Fatal(err)
	}
	if err := other.Expunge().Close(); err != nil {
		t.Fatal(err)
	}
	pick := func(validity uint32, uids ...uint32) (read []Message) {
		for m, err := range s.Pick(t.Context(), "INBOX", validity, uids) {
			if err != nil {
				t.Fatal(err)
			}
			read = append(read, m)
		}
		return read
	}
	if got := subjects(pick(validity, 120, 3, 2, 2, 7, 500)); !slices.Equal(got, []string{"1", "6", "119"}) {
		t.Errorf("picked %v", got)
	}
	all := make([]uint32, 120)
	for i := range all {
		all[i] = uint32(i + 1)
	}
	if got := pick(validity, all...); len(got) != 119 {
		t.Errorf("picked %d of 119", len(got))
	}
	if got := pick(validity+1, all...); len(got) != 0 {
		t.Errorf("picked %v of a folder that is another one", subjects(got))
	}
	if seen := collect(t, s, "INBOX", Cursor{}, true); len(seen) != 119 {
		t.Errorf("%d are left", len(seen))
	}
}
