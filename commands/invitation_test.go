package commands_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"skein/commands"
	"skein/domain"
	"skein/domain/credential"
	"skein/domain/invitation"
	"skein/domain/organization"
)

// invited is a house with an invitation "inv", whose secret has the hash "#".
func invited(t *testing.T) *house {
	t.Helper()
	h := build(t)
	cmd := invitation.Issue{Hash: "#", Expires: h.Now().Add(24 * time.Hour), At: h.Now()}
	if _, err := h.Invitation(t.Context(), by, "inv", cmd); err != nil {
		t.Fatal(err)
	}
	return h
}

// found accepts the invitation on a journal, as somebody under a key.
func (h *house) found(ctx context.Context, j commands.Journal, key string) (organization.ID, organization.UserID, error) {
	do := &commands.Handler{Journal: j, Now: h.Now, NewID: h.NewID, Hash: digest}
	as := domain.By{Actor: "invitation:inv", Key: key, Ask: "found"}
	if key == "" {
		as.Ask = ""
	}
	of, user, _, err := do.FoundInvited(ctx, as, "inv", commands.Founding{Name: "Engines", Hash: "#"}, func(of organization.ID, user organization.UserID) error {
		cmd := credential.Issue{Organization: of, Holder: domain.Actor(user), Hash: "#"}
		_, err := do.IssueCredential(ctx, as, credential.ID(do.IDFor(as)), cmd)
		return err
	})
	return of, user, err
}

// administered are the organizations that have an administrator, with their members.
func (h *house) administered() map[organization.ID][]organization.UserID {
	all := map[organization.ID][]organization.UserID{}
	for _, r := range h.journal.All(0) {
		if e, ok := r.Event.(organization.MemberJoined); ok {
			_, of := r.Stream.Parts()
			all[organization.ID(of)] = append(all[organization.ID(of)], e.User)
		}
	}
	delete(all, "engines")
	return all
}

// dying is a journal whose process dies before, or just after, its nth append.
type dying struct {
	commands.Journal
	left  int
	after bool
}

var errDied = errors.New("died")

func (j *dying) Append(ctx context.Context, s domain.Stream, length uint64, by domain.By, events ...domain.Event) (domain.Position, error) {
	if j.left--; j.left < 0 || j.left == 0 && !j.after {
		return 0, errDied
	}
	at, err := j.Journal.Append(ctx, s, length, by, events...)
	if j.left == 0 && err == nil {
		err = errDied
	}
	return at, err
}

// Wherever the process dies, the same request founds the organization under the same
// key, and without a key after a while; never a second one, and never with a second
// administrator.
func TestFoundInvitedInterrupted(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", "k"} {
		for n := 1; n <= 4; n++ {
			for _, after := range []bool{false, true} {
				h := invited(t)
				if _, _, err := h.found(t.Context(), &dying{h.journal, n, after}, key); !errors.Is(err, errDied) {
					t.Fatalf("append %d: %v", n, err)
				}
				complete := len(h.administered()) == 1 // and only the answer was lost
				begun := n > 1 || after
				if key == "" && begun {
					if _, _, err := h.found(t.Context(), h.journal, key); code(err) != "invitation_accepted" {
						t.Errorf("append %d: at once again: %v", n, err)
					}
					h.clock.Add(60)
				}
				_, _, err := h.found(t.Context(), h.journal, key)
				if wanted := key != "" || !complete; wanted != (err == nil) {
					t.Errorf("append %d, key %q, after it %v: again: %v", n, key, after, err)
				}
				if all := h.administered(); len(all) != 1 {
					t.Errorf("append %d, key %q: founded %v", n, key, all)
				} else {
					for of, users := range all {
						if len(users) != 1 {
							t.Errorf("append %d, key %q: %s has %v", n, key, of, users)
						}
					}
				}
			}
		}
	}
}

// Of many who accept an invitation at once, one founds an organization; under one key
// they are all told of the same.
func TestFoundInvitedAtOnce(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", "k"} {
		h := invited(t)
		var mu sync.Mutex
		var founded []organization.ID
		var wait sync.WaitGroup
		for range 16 {
			wait.Go(func() {
				of, _, err := h.found(t.Context(), h.journal, key)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					founded = append(founded, of)
				case code(err) != "invitation_accepted":
					t.Error(err)
				}
			})
		}
		wait.Wait()
		want := 1
		if key != "" {
			want = 16
		}
		if all := h.administered(); len(all) != 1 || len(founded) != want || len(slices.Compact(founded)) != 1 {
			t.Errorf("key %q: %v were founded, and %v are there", key, founded, all)
		}
	}
}

// What cannot be founded leaves the invitation as it was.
func TestFoundInvitedRefused(t *testing.T) {
	t.Parallel()
	h := invited(t)
	let := func(organization.ID, organization.UserID) error { return nil }
	for want, f := range map[string]commands.Founding{
		"organization_name_missing": {Hash: "#"},
		"user_invalid":              {Name: "Engines", User: "ada@example.org", Hash: "#"},
		"invitation_unknown":        {Name: "Engines", Hash: "##"},
	} {
		if _, _, _, err := h.FoundInvited(t.Context(), by, "inv", f, let); code(err) != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, _, err := h.found(t.Context(), h.journal, ""); err != nil {
		t.Error(err)
	}
}

// digest is a hash as long as real ones.
func digest(parts ...string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(parts, "~"))))
}

// code is that of a refusal.
func code(err error) string {
	var refused *domain.Refusal
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}
