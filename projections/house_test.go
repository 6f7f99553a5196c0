package projections_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"pgregory.net/rapid"

	"skein/adapters/memory"
	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/domain/inbox"
	"skein/domain/organization"
	"skein/domain/space"
)

// house is a system whose journal is in memory, with one space in it.
type house struct {
	*commands.Handler
	journal *memory.Journal
	room    commands.Room
	ids     atomic.Int64
}

var by = domain.By{Actor: "test"}

// build builds a house in which no id is also in another one.
func build(t rapidOrTest, name string) *house {
	h := &house{journal: &memory.Journal{}}
	var seconds atomic.Int64
	monday := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return monday.Add(time.Duration(seconds.Load()) * time.Second) }
	h.journal.Now = func() time.Time { seconds.Add(1); return clock() }
	h.Handler = &commands.Handler{
		Journal: h.journal,
		Now:     clock,
		NewID:   func() string { return fmt.Sprintf("%s%03d", name, h.ids.Add(1)) },
		Hash:    func(parts ...string) string { return digest(append(parts, "house")...) },
	}
	ctx := context.Background()
	org := organization.ID(name)
	if _, err := h.FoundOrganization(ctx, by, org, organization.Found{Name: name}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Organization(ctx, by, org, organization.Join{User: "test", Role: organization.Admin}); err != nil {
		t.Fatal(err)
	}
	id, _, err := h.CreateSpace(ctx, by, space.Create{Organization: org, Name: "Lab"})
	if err != nil {
		t.Fatal(err)
	}
	h.room, err = h.Enter(ctx, commands.Principal{Actor: by.Actor, Organization: org}, id, access.EditContacts)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

type rapidOrTest interface {
	Helper()
	Fatal(...any)
	Errorf(string, ...any)
}

// live asks for something random, and whatever is refused is no matter.
func (h *house) live(ctx context.Context, t *rapid.T, people *[]contact.ID) {
	values := rapid.MapOfN(
		rapid.SampledFrom([]string{"first_name", "country", "email", "external_id"}),
		rapid.SampledFrom([]string{"x@example.org", "y@example.org", "z@example.org", "w@example.org"}), 1, 3)
	pick := func(label string) contact.ID {
		if len(*people) == 0 {
			return "nobody"
		}
		return rapid.SampledFrom(*people).Draw(t, label)
	}
	switch step := rapid.IntRange(0, 13).Draw(t, "step"); {
	case step <= 2:
		if id, _, err := h.CreateContact(ctx, by, h.room, contact.Create{Fields: values.Draw(t, "fields"), Tags: []string{"new"}}); err == nil {
			*people = append(*people, id)
		}
	case step <= 5:
		edit := contact.Edit{Fields: values.Draw(t, "fields")}
		if rapid.Bool().Draw(t, "tag") {
			edit.Tag, edit.Untag = []string{"vip"}, []string{"new"}
		}
		_, _ = h.EditContact(ctx, by, h.room, pick("edited"), edit)
	case step <= 8:
		choices := rapid.MapOfN(rapid.SampledFrom([]string{"first_name", "country", "email", "external_id"}),
			rapid.SampledFrom([]contact.Choice{contact.Survivors, contact.Absorbeds, contact.Neithers}), 0, 4)
		_, _, _ = h.MergeContacts(ctx, by, h.room, pick("survivor"), pick("absorbed"), contact.Absorb{Choices: choices.Draw(t, "choices")})
	case step <= 10:
		_, _ = h.UnmergeContact(ctx, by, h.room, pick("unmerged"), commands.Parting{})
	case step == 11:
		address := rapid.SampledFrom([]string{"x@example.org", "v@example.org"}).Draw(t, "address")
		at := time.Date(2026, 1, 1+rapid.IntRange(0, 20).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		_ = h.Receive(ctx, by, h.room, commands.Mailed{Identity: address + at.String(), Email: address, At: at})
	case step == 12:
		if rapid.IntRange(0, 2).Draw(t, "really") == 0 {
			_, _ = h.DeleteContact(ctx, by, h.room, pick("deleted"))
		}
	default:
		if rapid.Bool().Draw(t, "really") {
			h.erase(ctx, t, pick("erased"))
		}
	}
}

var (
	vip     = inbox.Filter{Any: []inbox.Filter{{Test: &inbox.Test{Of: "tag", How: inbox.Is, Value: "VIP"}}, {Not: &inbox.Filter{Test: &inbox.Test{Of: "email", How: inbox.Contains, Value: "x@"}}}}}
	written = inbox.Filter{All: []inbox.Filter{{Test: &inbox.Test{Of: "last_interaction", How: inbox.Above, Value: "2026-01-07T00:00:00Z"}}, {Test: &inbox.Test{Of: "tag", How: inbox.Is, Value: "new"}}}}
)
