package commands_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"skein/adapters/memory"
	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/domain/credential"
	"skein/domain/inbox"
	"skein/domain/organization"
	"skein/domain/space"
)

// furnished is a house whose room has something of everything, and its deletion.
func furnished(t *testing.T) (*house, commands.Deletion) {
	t.Helper()
	ctx := t.Context()
	h := build(t)
	h.Mail, h.Seal = post{}, open{}
	ada, eve := h.contact(t, "ada@example.org"), h.contact(t, "eve@example.org")
	_, _, boxErr := h.ConnectMailbox(ctx, by, h.room, "", account, "secret")
	_, _, mergeErr := h.MergeContacts(ctx, by, h.room, ada, eve, keeping)
	filter := inbox.Filter{Test: &inbox.Test{Of: "tag", How: inbox.Is, Value: "vip"}}
	_, _, inboxErr := h.SaveInbox(ctx, by, h.room, inbox.Save{Name: "x", Filter: filter})
	_, keyErr := h.IssueCredential(ctx, by, "key", credential.Issue{
		Organization: "engines", Holder: "credential:key", Space: h.room.ID, Role: space.Owner, Label: "shop", Hash: "#",
	})
	_, otherErr := h.IssueCredential(ctx, by, "other", credential.Issue{Organization: "engines", Holder: "ada", Hash: "#"})
	mailErr := h.Receive(ctx, by, h.room, commands.Mailed{Identity: "1", Email: "kit@example.org", At: monday})
	if err := errors.Join(boxErr, mergeErr, inboxErr, keyErr, otherErr, mailErr); err != nil {
		t.Fatal(err)
	}
	at := h.delete(t)
	return h, commands.Deletion{Organization: "engines", Space: h.room.ID, Position: at, At: h.Now()}
}

// lasting are the streams that can be read.
func lasting(j *memory.Journal) (all []domain.Stream) {
	for _, r := range j.All(0) {
		stands := true
		for _, err := range j.Read(context.Background(), r.Stream, 0) {
			stands = stands && err == nil
		}
		if stands && r.Revision == 0 {
			all = append(all, r.Stream)
		}
	}
	slices.Sort(all)
	return all
}

// failing is a ground that fails once a number of things were done on it.
type failing struct {
	*memory.Journal
	left   atomic.Int64
	mu     sync.Mutex
	graves []domain.Stream
}

var errOut = errors.New("the power is out")

func (f *failing) Begun(ctx context.Context, after domain.Position, prefixes ...string) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		for r, err := range f.Journal.Begun(ctx, after, prefixes...) {
			if f.left.Add(-1) < 0 {
				yield(domain.Recorded{}, errOut)
				return
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

func (f *failing) Tombstone(ctx context.Context, s domain.Stream) error {
	if f.left.Add(-1) < 0 {
		return errOut
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.graves = append(f.graves, s)
	return f.Journal.Tombstone(ctx, s)
}

// Wherever a destruction stops, taken up again it ends in the same: of the space
// nothing stands, its own history went last, and of all else nothing is missing
// (C0-28, C0-29).
func TestDestroyStopsAnywhere(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for stop := int64(0); ; stop++ {
		h, deletion := furnished(t)
		ground := &failing{Journal: h.journal}
		ground.left.Store(stop)
		_, err := h.Destroy(ctx, ground, deletion, 0, nil)
		whole := err == nil
		if err != nil && !errors.Is(err, errOut) {
			t.Fatal(err)
		}
		ground.left.Store(1 << 30)
		streams, err := h.Destroy(ctx, ground, deletion, 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := h.NoteDestroyed(ctx, by, deletion, streams); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]domain.Stream{"credential-other", "organization-engines"}, lasting(h.journal)); diff != "" {
			t.Fatalf("stopped after %d: (-want +lasting)\n%s", stop, diff)
		}
		if own := slices.Index(ground.graves, h.room.ID.Stream()); own < 0 || whole && own != len(ground.graves)/2-1 {
			t.Fatalf("stopped after %d: its own history was destroyed as number %d of %v", stop, own, ground.graves)
		}
		notes := 0
		for _, r := range h.journal.All(0) {
			if e, ok := r.Event.(organization.SpaceDestroyed); ok {
				if diff := cmp.Diff(organization.SpaceDestroyed{Space: "id1", Streams: 12}, e); diff != "" {
					t.Fatal(diff)
				}
				notes++
			}
		}
		if notes != 1 {
			t.Fatalf("noted %d times", notes)
		}
		if whole {
			return
		}
	}
}

// watched is a ground that knows when somebody looked for streams last.
type watched struct {
	*memory.Journal
	looked time.Time
}

func (w *watched) Begun(ctx context.Context, after domain.Position, prefixes ...string) iter.Seq2[domain.Recorded, error] {
	w.looked = time.Now()
	return w.Journal.Begun(ctx, after, prefixes...)
}

// However many write to a space while it is deleted, in this process and in another
// one: afterwards nothing of it stands, and all they are ever told is that the space
// is unknown (D5-1).
func TestDestroyWhileOthersWrite(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	var ids atomic.Int64
	h.Now, h.journal.Now = time.Now, time.Now
	h.NewID = func() string { return fmt.Sprint("w", ids.Add(1)) }
	other := &commands.Handler{Journal: h.journal, Now: time.Now, NewID: h.NewID, Hash: h.Hash}
	if _, err := other.Enter(ctx, inLab, h.room.ID, access.EditContacts); err != nil {
		t.Fatal(err)
	}
	var clients sync.WaitGroup
	const settled = 1500 * time.Millisecond // others believe what they know for a second
	var made atomic.Int64
	busy := make(chan struct{})
	for i := range 32 {
		clients.Go(func() {
			do := []*commands.Handler{h.Handler, other}[i%2]
			for {
				_, _, err := do.CreateContact(ctx, by, h.room, contact.Create{Fields: map[string]string{"email": h.NewID() + "@example.org"}})
				if errors.Is(err, space.ErrUnknown) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				if made.Add(1) == 500 {
					close(busy)
				}
			}
		})
	}
	<-busy
	at := h.delete(t)
	deletion := commands.Deletion{Organization: "engines", Space: h.room.ID, Position: at, At: time.Now()}
	ground := &watched{Journal: h.journal}
	if _, err := h.Destroy(ctx, ground, deletion, settled, nil); err != nil {
		t.Fatal(err)
	}
	if waited := ground.looked.Sub(deletion.At); waited < settled {
		t.Errorf("it looked for the last time %v after the deletion", waited)
	}
	clients.Wait()
	if diff := cmp.Diff([]domain.Stream{"organization-engines"}, lasting(h.journal)); diff != "" {
		t.Errorf("%d contacts were made: (-want +lasting)\n%s", made.Load(), diff)
	}
}
