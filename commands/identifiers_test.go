package commands_test

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"slices"
	"testing"
	"time"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
)

// identify changes what names one contact of the house's space.
func (h *house) identify(t *testing.T, unique ...space.Identifier) {
	t.Helper()
	if _, err := h.ChangeIdentifiers(t.Context(), by, h.room, nil, unique); err != nil {
		t.Fatal(err)
	}
}

// alone is a house that need not wait for other processes.
func alone(t *testing.T, unique ...space.Identifier) *house {
	t.Helper()
	h := build(t, unique...)
	h.Alone = h.Now()
	return h
}

func (h *house) create(t *testing.T, email, id string) (contact.ID, error) {
	t.Helper()
	made, _, err := h.CreateContact(t.Context(), by, h.room, contact.Create{Fields: map[string]string{"email": email, "external_id": id}})
	return made, err
}

// Once an address may be shared, several contacts have it (C1-16). It cannot be the
// only one's again while they do, and the refusal names them (C1-19); as soon as one
// of them has another one it can, and is refused to everybody else (C1-15).
func TestChangeIdentifiers(t *testing.T) {
	t.Parallel()
	h := alone(t)
	ada := h.contact(t, "us@example.org")
	h.identify(t, space.ExtID)
	if _, err := h.create(t, "us@example.org", ""); !errors.Is(err, domain.Refuse(0, "identifier_missing", "")) {
		t.Errorf("a contact was made of a shared address alone: %v (C1-17)", err)
	}
	row := commands.ImportRow{Line: 1, Fields: map[string]string{"email": "us@example.org"}}
	_, err := h.ImportContacts(t.Context(), by, h.room, slices.Values([]commands.ImportRow{row}), func(done commands.Imported) {
		if done.Err == nil || done.Err.Code != "identifier_missing" || done.Err.Names["missing"] != "external_id" {
			t.Errorf("imported %+v (C1-17)", done)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	eve, err := h.create(t, "us@example.org", "e")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.EditContact(t.Context(), by, h.room, ada, contact.Edit{Fields: map[string]string{"email": "ada@example.org"}}); err != nil {
		t.Fatal(err)
	}
	kit, err := h.create(t, "us@example.org", "k")
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.ChangeIdentifiers(t.Context(), by, h.room, nil, space.DefaultUnique)
	var shared *commands.SharedError
	if !errors.As(err, &shared) || shared.Total != 1 || len(shared.Values) != 1 || shared.Values[0].Value != "us@example.org" || !slices.Equal(shared.Values[0].Holders, []contact.ID{eve, kit}) {
		t.Fatalf("got %+v, want it to be %s's and %s's", err, eve, kit)
	}
	told, err := h.ReadIdentifiers(t.Context(), h.room)
	if err != nil || !slices.Equal(told.Unique, []space.Identifier{space.ExtID}) || told.Becoming != nil {
		t.Errorf("it is half applied: %+v, %v", told, err)
	}
	if _, err := h.EditContact(t.Context(), by, h.room, kit, contact.Edit{Fields: map[string]string{"email": "kit@example.org"}}); err != nil {
		t.Fatal(err)
	}
	h.identify(t, space.DefaultUnique...)
	for _, address := range []string{"us@example.org", "ada@example.org", "kit@example.org"} {
		if _, err := h.create(t, address, ""); !errors.Is(err, identifier.ErrTaken) {
			t.Errorf("%s: %v", address, err)
		}
	}
	h.oneEach(t)
}

// What a contact gave up while the value could be shared is in nobody's way later.
func TestClaimFromWhenItWasShared(t *testing.T) {
	t.Parallel()
	h := alone(t)
	ada := h.contact(t, "us@example.org")
	h.identify(t, space.ExtID)
	if _, err := h.EditContact(t.Context(), by, h.room, ada, contact.Edit{Fields: map[string]string{"email": ""}}); err != nil {
		t.Fatal(err)
	}
	h.identify(t, space.DefaultUnique...)
	h.contact(t, "us@example.org")
}

// Two identifiers that are two contacts' are refused, to new contacts and to edits,
// and nobody is merged (C1-21).
func TestIdentifiersOfTwo(t *testing.T) {
	t.Parallel()
	h := build(t)
	ada := h.contact(t, "ada@example.org")
	eve, err := h.create(t, "eve@example.org", "e")
	if err != nil {
		t.Fatal(err)
	}
	var refused *domain.Refusal
	if _, err := h.create(t, "ada@example.org", "e"); !errors.As(err, &refused) || refused.Code != "identifier_taken" || refused.Names["holder"] != string(ada) {
		t.Errorf("a new contact is both: %v", err)
	}
	if _, err := h.EditContact(t.Context(), by, h.room, h.contact(t, "kit@example.org"), contact.Edit{Fields: map[string]string{"email": "ada@example.org", "external_id": "e"}}); !errors.Is(err, identifier.ErrTaken) {
		t.Errorf("an edited one is both: %v", err)
	}
	if h.told(ada).Standing() != nil || h.told(eve).Standing() != nil {
		t.Error("somebody was merged")
	}
	if _, err := h.create(t, "", "E"); err != nil {
		t.Errorf("an id is taken in another case: %v (C1-14)", err)
	}
}

// Contacts that share an address and are one show it once. Whoever is taken out
// later shows no address that another one shows.
func TestUnmergeOfWhatWasShared(t *testing.T) {
	t.Parallel()
	h := alone(t)
	h.identify(t, space.ExtID)
	var ids []contact.ID
	for _, id := range []string{"a", "b", "c", "d"} {
		made, err := h.create(t, "us@example.org", id)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, made)
	}
	for _, m := range [][2]int{{2, 3}, {0, 2}, {0, 1}} { // d into c, and c and b into a
		if _, err := h.MergeContacts(t.Context(), by, h.room, ids[m[0]], ids[m[1]], nil); err != nil {
			t.Fatal(err)
		}
	}
	h.identify(t, space.DefaultUnique...)
	for _, one := range []int{1, 2} {
		if _, err := h.UnmergeContact(t.Context(), by, h.room, ids[one]); !errors.Is(err, identifier.ErrTaken) {
			t.Errorf("%d was taken out with the address: %v", one, err)
		}
	}
	if _, err := h.EditContact(t.Context(), by, h.room, ids[0], contact.Edit{Fields: map[string]string{"email": "a@example.org"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.UnmergeContact(t.Context(), by, h.room, ids[2]); err != nil {
		t.Fatal(err)
	}
	h.oneEach(t)
	if _, err := h.UnmergeContact(t.Context(), by, h.room, ids[1]); !errors.Is(err, identifier.ErrTaken) {
		t.Errorf("b has what c has: %v", err)
	}
	if _, err := h.UnmergeContact(t.Context(), by, h.room, ids[3]); !errors.Is(err, identifier.ErrTaken) {
		t.Errorf("d has what c has: %v", err)
	}
	h.oneEach(t)
}

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

// Mail from an address that several contacts share leads to the one who was in touch
// last, and makes nobody new.
func TestMailFromSharedAddress(t *testing.T) {
	t.Parallel()
	h := alone(t, space.ExtID)
	mail := commands.Mailed{Identity: "1", Email: "us@example.org", At: h.Now()}
	ada, err := h.create(t, "us@example.org", "a")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Receive(t.Context(), by, h.room, mail); err != nil {
		t.Fatal(err)
	}
	if _, err := h.create(t, "us@example.org", "b"); err != nil {
		t.Fatal(err)
	}
	mail.Identity, mail.At = "2", mail.At.Add(time.Second)
	if err := h.Receive(t.Context(), by, h.room, mail); err != nil {
		t.Fatal(err)
	}
	told, ids := families(h.journal, h.room.ID)
	if last := told.Told(ada).LastInteraction; len(ids) != 2 || !last.Equal(mail.At) {
		t.Errorf("of %v, %s was in touch last at %s, want %s", ids, ada, last, mail.At)
	}
}

// It is known who had a value and when (C1-23), under an id that stays the same
// whatever happens to the contact's identifiers (C1-22).
func TestHolders(t *testing.T) {
	t.Parallel()
	h := build(t)
	ada := h.contact(t, "us@example.org")
	h.clock.Add(1)
	if _, err := h.EditContact(t.Context(), by, h.room, ada, contact.Edit{Fields: map[string]string{"email": "ada@example.org"}}); err != nil {
		t.Fatal(err)
	}
	h.clock.Add(1)
	eve := h.contact(t, "us@example.org")
	if _, err := h.MergeContacts(t.Context(), by, h.room, ada, eve, nil); err != nil {
		t.Fatal(err)
	}
	monday := h.Now().Add(-2 * time.Second)
	want := []commands.Holding{
		{Contact: ada, From: monday, Until: monday.Add(time.Second), Root: ada},
		{Contact: eve, From: monday.Add(2 * time.Second), Root: ada},
	}
	if got, err := h.Holders(t.Context(), h.room, space.Email, " US@example.org"); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	h.clock.Add(1)
	if _, err := h.DeleteContact(t.Context(), by, h.room, ada); err != nil {
		t.Fatal(err)
	}
	want[1].Until = h.Now()
	if got, err := h.Holders(t.Context(), h.room, space.Email, "us@example.org"); err != nil || !slices.Equal(got, want) {
		t.Errorf("after the deletion %+v, %v, want %+v", got, err, want)
	}
	if _, err := h.Holders(t.Context(), h.room, "shoe", "9"); err == nil {
		t.Error("a shoe is no identifier")
	}
	if _, err := h.Holders(t.Context(), h.room, space.Email, "ada"); err == nil {
		t.Error("a name is no address")
	}
}

// Asked again under the same key, a change is not made again, whatever was changed
// since; asked again after it failed, it is.
func TestChangeIdentifiersOnce(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := alone(t, space.Email, space.ExtID)
	change := func(key string, unique ...space.Identifier) (domain.Position, error) {
		return h.ChangeIdentifiers(ctx, domain.By{Actor: "ada", Key: key, Ask: key}, h.room, nil, unique)
	}
	both := []space.Identifier{space.Email, space.ExtID}
	for _, asked := range []struct {
		key       string
		is, since []space.Identifier
	}{{"looser", both[1:], both}, {"tighter", both, both[1:]}} {
		h.identify(t, asked.since...)
		first, err := change(asked.key, asked.is...)
		if err != nil {
			t.Fatal(err)
		}
		h.identify(t, asked.since...)
		again, err := change(asked.key, asked.is...)
		told, _ := h.ReadIdentifiers(ctx, h.room)
		if err != nil || again != first || !slices.Equal(told.Unique, asked.since) {
			t.Errorf("%s: answered %d, and then %d, %v; %v", asked.key, first, again, err, told.Unique)
		}
	}
	h.identify(t, space.ExtID)
	ada, err := h.create(t, "us@example.org", "1")
	if err != nil {
		t.Fatal(err)
	}
	eve, err := h.create(t, "us@example.org", "2")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := change("shared", both...); !errors.As(err, new(*commands.SharedError)) {
		t.Errorf("%s and %s share an address: %v", ada, eve, err)
	}
	if _, err := h.DeleteContact(ctx, by, h.room, eve); err != nil {
		t.Fatal(err)
	}
	if _, err := change("shared", both...); err != nil {
		t.Error(err)
	}
	if told, _ := h.ReadIdentifiers(ctx, h.room); !slices.Equal(told.Unique, both) {
		t.Errorf("after all %v", told.Unique)
	}
}
