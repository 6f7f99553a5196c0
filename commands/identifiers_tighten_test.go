package commands_test

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"testing"
	"time"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
)

// elsewhere is another process on the same journal, which knows what it knows for as
// long as that is trusted.
func (h *house) elsewhere(t *testing.T) *commands.Handler {
	t.Helper()
	h.Now, h.journal.Now = time.Now, nil
	other := &commands.Handler{Journal: h.journal, Now: time.Now, NewID: h.NewID, Hash: h.Hash, Gate: h.Gate, Showing: h.Showing}
	if _, _, err := other.CreateContact(t.Context(), by, h.room, contact.Create{Fields: map[string]string{"external_id": "warm"}}); err != nil {
		t.Fatal(err)
	}
	return other
}

// tightens waits until the house's space has begun to tighten.
func (h *house) tightens(t *testing.T) {
	t.Helper()
	for {
		for r, err := range h.Journal.Read(t.Context(), h.room.ID.Stream(), 0) {
			if err != nil {
				t.Fatal(err)
			}
			if _, begun := r.Event.(space.IdentifiersTightening); begun {
				return
			}
		}
		runtime.Gosched()
	}
}

// Another process that has not heard of it yet shares an address that is about to be
// the only one's: it is not made so (C1-19).
func TestTightenUnknown(t *testing.T) {
	t.Parallel()
	h := build(t, space.ExtID)
	other := h.elsewhere(t)
	h.Settled = 1100 * time.Millisecond
	if _, err := h.create(t, "us@example.org", "a"); err != nil {
		t.Fatal(err)
	}
	changed := make(chan error, 1)
	go func() {
		_, err := h.ChangeIdentifiers(t.Context(), by, h.room, nil, space.DefaultUnique)
		changed <- err
	}()
	h.tightens(t)
	if _, err := h.ChangeIdentifiers(t.Context(), by, h.room, nil, []space.Identifier{space.Email}); !errors.Is(err, domain.Refuse(0, "identifiers_changing", "")) {
		t.Errorf("two at once: %v", err)
	}
	if _, _, err := other.CreateContact(t.Context(), by, h.room, contact.Create{Fields: map[string]string{"email": "us@example.org", "external_id": "b"}}); err != nil {
		t.Error(err)
	}
	if err := <-changed; !errors.Is(err, commands.ErrShared) {
		t.Errorf("got %v", err)
	}
	if told, err := h.ReadIdentifiers(t.Context(), h.room); err != nil || told.Becoming != nil {
		t.Errorf("left behind: %+v, %v", told, err)
	}
}

// disturbed is what contacts show, and something that happens when all was told.
type disturbed struct {
	commands.Showing
	by func()
}

func (d *disturbed) Of(ctx context.Context, in space.ID, kind space.Identifier, value string) iter.Seq2[identifier.Shown, error] {
	return func(yield func(identifier.Shown, error) bool) {
		for one, err := range d.Showing.Of(ctx, in, kind, value) {
			if !yield(one, err) {
				return
			}
		}
		d.by()
	}
}

// Until it is settled, whoever wants to share an address may, and that ends it.
func TestTightenContended(t *testing.T) {
	t.Parallel()
	h := alone(t, space.ExtID)
	ada, err := h.create(t, "us@example.org", "a")
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	h.Showing = &disturbed{h.Showing, func() {
		if asked++; asked != 2 { // first it is asked whether to begin
			return
		}
		for h.claimedBy(t, "us@example.org") != ada {
			runtime.Gosched()
		}
		if _, err := h.create(t, "us@example.org", "b"); err != nil {
			t.Error(err)
		}
	}}
	if _, err := h.ChangeIdentifiers(t.Context(), by, h.room, nil, space.DefaultUnique); !errors.Is(err, commands.ErrShared) {
		t.Errorf("got %v", err)
	}
}

// claimedBy is the contact that an address is claimed for.
func (h *house) claimedBy(t *testing.T, address string) (holder contact.ID) {
	t.Helper()
	key := identifier.Key{Space: h.room.ID, Kind: space.Email, Hash: h.Hash(string(h.room.ID), "email", address)}
	for r, err := range h.Journal.Read(t.Context(), key.Stream(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := r.Event.(identifier.Claimed); ok {
			holder = e.Contact
		}
	}
	return holder
}

// A change that died is gone on with by the next one who asks for it, and is in
// nobody's way meanwhile.
func TestTightenAfterCrash(t *testing.T) {
	t.Parallel()
	h := build(t, space.ExtID)
	h.Settled = time.Nanosecond // nobody else is there
	if _, err := h.create(t, "ada@example.org", "a"); err != nil {
		t.Fatal(err)
	}
	ask := space.Identify{Unique: space.DefaultUnique, At: h.Now()}
	if _, err := h.Space(t.Context(), by, h.room, ask); err != nil {
		t.Fatal(err)
	}
	if _, err := h.create(t, "kit@example.org", "k"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.ChangeIdentifiers(t.Context(), by, h.room, nil, space.DefaultUnique); !errors.Is(err, domain.Refuse(0, "identifiers_changing", "")) {
		t.Errorf("somebody may still be at it: %v", err)
	}
	h.clock.Add(61)
	h.identify(t, space.DefaultUnique...)
	for _, address := range []string{"ada@example.org", "kit@example.org"} {
		if _, err := h.create(t, address, ""); !errors.Is(err, identifier.ErrTaken) {
			t.Errorf("%s: %v", address, err)
		}
	}
}
