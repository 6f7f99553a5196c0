package commands_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
)

// deed is something that somebody does to the contacts of a space, or to what names
// them. Contacts are counted from the oldest.
type deed struct {
	What       string
	One, Other int
	Email      string
	ID         string
	Chat       string // an identity on the channel "chat"
	Unique     []space.Identifier
	Chosen     contact.Choice
	Alone      bool
}

// resolutions are how unmerges resolve what two contacts would have (D2-5).
var resolutions = map[contact.Choice]map[string]commands.Resolution{
	contact.Absorbeds: {"email": commands.LeaveOff, "external_id": commands.LeaveOff},
	contact.Neithers:  {"email": commands.Move, "external_id": commands.Move},
}

var deeds = rapid.Custom(func(t *rapid.T) deed {
	return deed{
		What:   rapid.SampledFrom([]string{"create", "create", "create", "edit", "edit", "delete", "merge", "merge", "unmerge", "unmerge", "identify", "identify"}).Draw(t, "what"),
		One:    rapid.IntRange(0, 7).Draw(t, "one"),
		Other:  rapid.IntRange(0, 7).Draw(t, "other"),
		Email:  rapid.SampledFrom([]string{"", "a@example.org", "b@example.org", "c@example.org"}).Draw(t, "email"),
		ID:     rapid.SampledFrom([]string{"", "", "a", "b", "c", "d"}).Draw(t, "id"),
		Chat:   rapid.SampledFrom([]string{"", "", "x", "y"}).Draw(t, "chat"),
		Unique: rapid.SampledFrom([][]space.Identifier{{space.ExtID}, {space.Email}, {space.Email, space.ExtID}}).Draw(t, "unique"),
		Chosen: rapid.SampledFrom([]contact.Choice{contact.Survivors, contact.Absorbeds, contact.Neithers}).Draw(t, "chosen"),
		Alone:  rapid.Bool().Draw(t, "alone"),
	}
})

// do does it, through one process or another, and returns only what was refused.
func (h *house) do(t *rapid.T, at *commands.Handler, in commands.Room, d deed) error {
	ctx := t.Context()
	_, ids := families(h.journal, in.ID)
	pick := func(n int) contact.ID {
		if len(ids) == 0 {
			return "nobody"
		}
		return ids[n%len(ids)]
	}
	fields := map[string]string{"email": d.Email, "external_id": d.ID, "first_name": "x"}
	var identities []contact.Identity
	if d.Chat != "" {
		identities = []contact.Identity{{Channel: "chat", Of: d.Chat}}
	}
	var err error
	switch d.What {
	case "create":
		_, _, err = at.CreateContact(ctx, by, in, contact.Create{Fields: fields, Identities: identities, Origin: contact.ByHand})
	case "edit":
		_, err = at.EditContact(ctx, by, in, pick(d.One), contact.Edit{Fields: fields, Link: identities})
	case "delete":
		_, err = at.DeleteContact(ctx, by, in, pick(d.One))
	case "merge":
		_, _, err = at.MergeContacts(ctx, by, in, pick(d.One), pick(d.Other), contact.Absorb{Choices: map[string]contact.Choice{"email": d.Chosen, "external_id": d.Chosen}})
	case "unmerge":
		_, err = at.UnmergeContact(ctx, by, in, pick(d.One), commands.Parting{Alone: d.Alone, Resolutions: resolutions[d.Chosen]})
	case "identify":
		_, err = at.ChangeIdentifiers(ctx, by, in, nil, d.Unique)
	}
	var refused *domain.Refusal
	if err != nil && !errors.As(err, &refused) {
		t.Fatalf("%+v: %v", d, err)
	}
	return err
}

// twice is a value or an identity that two contacts show though it names one, if there
// is one.
func (h *house) twice(in space.ID, kinds []space.Identifier) string {
	told, ids := families(h.journal, in)
	shown := map[contact.Identity]contact.ID{}
	for _, id := range ids {
		if told.Own(id).Standing() != nil {
			continue
		}
		c := told.Told(id)
		has := c.Identities()
		for _, kind := range kinds {
			if value := c.Field(string(kind)); value != "" {
				has = append(has, contact.Identity{Channel: "not " + string(kind), Of: value})
			}
		}
		for _, one := range has {
			if other := shown[one]; other != "" {
				return fmt.Sprintf("%s and %s both show %s", other, id, one.Of)
			}
			shown[one] = id
		}
	}
	return ""
}

// laboratory is a space for one run.
func (h *house) laboratory(t *rapid.T) commands.Room {
	t.Helper()
	id, _, err := h.CreateSpace(t.Context(), by, space.Create{Organization: "engines", Name: "Lab " + h.NewID()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Space(t.Context(), by, commands.Room{ID: id}, space.AddChannel{Key: "chat"}); err != nil {
		t.Fatal(err)
	}
	return commands.Room{ID: id}
}

// named is what names one contact of a space now.
func (h *house) named(t *rapid.T, in commands.Room) []space.Identifier {
	t.Helper()
	told, err := h.ReadIdentifiers(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return told.Unique
}

// Whatever is done one after the other, no two contacts ever show what names one of
// them; nothing is refused to a new contact that nobody has, and nothing becomes
// unique that is shared (C1-15, C1-19).
func TestIdentifiersLaw(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		h := alone(t)
		in := h.laboratory(r)
		var done []string
		for _, d := range rapid.SliceOfN(deeds, 1, 40).Draw(r, "deeds") {
			unique := h.named(r, in)
			told, ids := families(h.journal, in.ID)
			had := slices.ContainsFunc(ids, func(id contact.ID) bool {
				own := told.Own(id)
				return own.Deleted == 0 && (d.Email != "" && own.Field("email") == d.Email || d.ID != "" && own.Field("external_id") == d.ID || d.Chat != "" && own.Values[contact.Identity{Channel: "chat", Of: d.Chat}.Slot()].Text != "")
			})
			shared := h.twice(in.ID, d.Unique)
			err := h.do(r, h.Handler, in, d)
			done = append(done, fmt.Sprintf("%+v: %v", d, err))
			if twice := h.twice(in.ID, h.named(r, in)); twice != "" {
				r.Fatalf("%s after %q", twice, done)
			}
			switch {
			case d.What == "create" && !had && (errors.Is(err, identifier.ErrTaken) || errors.Is(err, identifier.ErrPending)):
				r.Fatalf("nobody has it, where %v name a contact: %q", unique, done)
			case d.What == "identify" && (shared != "") != errors.Is(err, commands.ErrShared), d.What == "identify" && shared == "" && err != nil:
				r.Fatalf("shared: %q, and %v: %q", shared, err, done)
			}
		}
	})
}

// Whatever many do at the same time, at the end no two contacts show what names one
// of them.
func TestIdentifiersAtOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		h := alone(t)
		h.Now, h.journal.Now = time.Now, nil
		h.Alone = time.Now()
		in := h.laboratory(r)
		var wait sync.WaitGroup
		for range 4 {
			mine := rapid.SliceOfN(deeds, 1, 15).Draw(r, "deeds")
			wait.Go(func() {
				for _, d := range mine {
					_ = h.do(r, h.Handler, in, d) // what is refused is refused
				}
			})
		}
		wait.Wait()
		if twice := h.twice(in.ID, h.named(r, in)); twice != "" {
			r.Fatal(twice)
		}
	})
}
