package commands_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/identifier"
	"skein/domain/process"
	"skein/domain/space"
)

// two people behind one contact, us, whose are the identities ada and george.
type behind struct {
	*couple
	us contact.ID
}

func behindOne(t *testing.T) *behind {
	c := &couple{trio: threeOf(t)}
	c.channel(t, "chat", "")
	b := &behind{c, c.contact(t, "us@example.org")}
	b.link(t, b.us, "ada")
	b.link(t, b.us, "george")
	edit := contact.Edit{Fields: map[string]string{"first_name": "Ada", "last_name": "Byron"}, Tag: []string{"poet"}}
	if _, err := c.EditContact(t.Context(), by, c.room, b.us, edit); err != nil {
		t.Fatal(err)
	}
	b.hears(t, "hers", "ada", b.us)
	b.hears(t, "his", "george", b.us)
	if _, _, err := c.Comment(t.Context(), by, c.room, b.us, conversation.Comment{Comment: "c", Text: "Two people?"}); err != nil {
		t.Fatal(err)
	}
	c.clock.Add(120)
	return b
}

// his is what goes to the new contact.
var his = commands.Split{
	Fields: []string{"email", "last_name"}, Tags: []string{"poet"},
	Identities: []contact.Identity{{Channel: "chat", Of: "george"}}, Interactions: commands.ByIdentity,
}

func (b *behind) split(t *testing.T, h *commands.Handler, what commands.Split) (contact.ID, error) {
	id, _, err := h.SplitContact(t.Context(), under("split"), b.room, b.us, what)
	return id, err
}

// D2-11, D2-12: the new contact has what went to it, under an id of its own, and is
// reached by what names it; the two are known to be two.
func TestSplit(t *testing.T) {
	t.Parallel()
	b := behindOne(t)
	george, err := b.split(t, b.Handler, his)
	if err != nil {
		t.Fatal(err)
	}
	us, him := b.told(b.us), b.told(george)
	if us.Name() != "Ada" || us.Field("email") != "" || len(us.Tags()) > 0 || len(us.Identities()) != 1 {
		t.Errorf("left over is %v %v %v", us.Fields(), us.Tags(), us.Identities())
	}
	if him.Name() != "Byron" || him.Field("email") != "us@example.org" || !slices.Equal(him.Tags(), []string{"poet"}) || him.Of != b.us || him.Origin != contact.BySplit {
		t.Errorf("the new one is %+v", him)
	}
	b.owns(t, map[string]contact.ID{"hers": b.us, "his": george})
	b.hears(t, "his next", "george", george)
	b.hears(t, "her next", "ada", b.us)
	if distinct, err := b.Distinct(t.Context(), b.room, george, b.us); !distinct || err != nil {
		t.Errorf("they are not known to be two: %v", err)
	}
	var refused *domain.Refusal
	_, _, err = b.CreateContact(t.Context(), by, b.room, contact.Create{Fields: map[string]string{"email": "us@example.org"}})
	if !errors.As(err, &refused) || refused.Names["holder"] != string(george) {
		t.Errorf("the address names another one: %v", err)
	}
	events := len(b.journal.All(0))
	if again, err := b.split(t, b.Handler, his); err != nil || again != george || len(b.journal.All(0)) != events {
		t.Errorf("asked again: %s, %v", again, err)
	}
	b.merge(t, b.us, george)
	b.hears(t, "together", "george", b.us)
	b.unmerge(t, george)
	b.hears(t, "apart", "george", george)
}

// Interactions go one by one, or stay (D2-3).
func TestSplitListed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		goes   commands.Goes
		listed []contact.Ref
		his    bool
		code   string
	}{
		"stay":    {},
		"listed":  {goes: commands.AsListed, listed: []contact.Ref{"message his", "comment c"}, his: true},
		"unknown": {goes: commands.AsListed, listed: []contact.Ref{"message theirs"}, code: "interaction_unknown"},
		"other":   {goes: "some", code: "interactions_unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := behindOne(t)
			what := his
			what.Interactions, what.Listed = c.goes, c.listed
			george, err := b.split(t, b.Handler, what)
			var refused *domain.Refusal
			if errors.As(err, &refused) && refused.Code != c.code || (err == nil) != (c.code == "") {
				t.Errorf("got %v, want %q", err, c.code)
			}
			want := map[bool]contact.ID{true: george, false: b.us}[c.his]
			b.owns(t, map[string]contact.ID{"his": want, "hers": b.us})
		})
	}
}

// What cannot go is refused before anything is done.
func TestSplitRefused(t *testing.T) {
	t.Parallel()
	b := behindOne(t)
	b.merge(t, b.us, b.lord)
	events := len(b.journal.All(0))
	for code, what := range map[string]commands.Split{
		"split_empty":         {},
		"split_value_missing": {Fields: []string{"country"}},
	} {
		_, err := b.split(t, b.Handler, what)
		var refused *domain.Refusal
		if !errors.As(err, &refused) || refused.Code != code {
			t.Errorf("%+v: %v", what, err)
		}
	}
	for id, want := range map[contact.ID]error{"nobody": contact.ErrUnknown, b.lord: contact.ErrMerged} {
		if _, _, err := b.SplitContact(t.Context(), by, b.room, id, his); !errors.Is(err, want) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if more := len(b.journal.All(0)) - events; more > 0 {
		t.Errorf("%d events were recorded", more)
	}
	if _, err := b.EditContact(t.Context(), by, b.room, b.us, contact.Edit{Fields: map[string]string{"email": "lord@example.org"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.split(t, b.Handler, his); !errors.Is(err, identifier.ErrTaken) {
		t.Errorf("what is borrowed was given away: %v", err)
	}
	b.whiteLabel(t, true)
	b.limit(t, 1)
	if _, _, err := b.SplitContact(t.Context(), by, b.room, b.us, commands.Split{Fields: []string{"last_name"}}); !errors.Is(err, space.ErrFull) {
		t.Errorf("into a full space: %v", err)
	}
	if b.told(b.us).Field("last_name") != "Byron" {
		t.Error("it lost what could not go")
	}
}

// Wherever whoever splits a contact is killed, pairs of faults too: there are two in the
// end, or one with all it had if the space is full by then; from the start on each
// message reaches one, and none is lost.
func TestSplitKilled(t *testing.T) {
	t.Parallel()
	for _, full := range []bool{false, true} {
		t.Run(fmt.Sprintf("full %t", full), func(t *testing.T) {
			t.Parallel()
			steps := 0
			for first := range journaltest.Faults(9) {
				for second := range journaltest.Faults(9) {
					b := behindOne(t)
					before := b.told(b.us)
					h, m := b.process(first)
					_, err := b.split(t, h, his)
					steps = max(steps, m.Appends())
					what := fmt.Sprintf("killed %s, then %s", first, second)
					if full {
						b.whiteLabel(t, true)
						b.limit(t, 1)
					}
					given := len(b.told(b.us).Identities()) == 1
					meanwhile := b.house.hear(t, commands.Inbound{Message: "meanwhile", Channel: "chat", Identity: "george"})
					if given == (meanwhile.Contact == b.us) || meanwhile.Created {
						t.Fatalf("%s: given away %t, and a message reached %+v", what, given, meanwhile)
					}
					b.clock.Add(120)
					if err != nil {
						h, _ = b.process(second)
						_, _ = h.Resume(t.Context(), b.room.ID, process.ID(b.IDFor(under("split"))))
						b.house.hear(t, commands.Inbound{Message: "meanwhile", Channel: "chat", Identity: "george"})
					}
					b.clock.Add(120)
					h, _ = b.process(never)
					george, err := b.split(t, h, his)
					switch after := b.told(b.us); {
					case err == nil:
						b.owns(t, map[string]contact.ID{"hers": b.us, "his": george})
						b.hears(t, "after", "george", george)
					case full && errors.Is(err, space.ErrFull):
						if fmt.Sprint(after.Fields(), after.Tags(), after.Identities()) != fmt.Sprint(before.Fields(), before.Tags(), before.Identities()) {
							t.Fatalf("%s: it has %v %v %v", what, after.Fields(), after.Tags(), after.Identities())
						}
						b.owns(t, map[string]contact.ID{"hers": b.us, "his": b.us, "meanwhile": b.us})
						b.hears(t, "after", "george", b.us)
					default:
						t.Fatalf("%s: %v", what, err)
					}
					if whose := b.whose(t, "meanwhile"); whose == "" {
						t.Fatalf("%s: a message was lost", what)
					}
					if times := len(b.noted()["meanwhile"]); times != 1 {
						t.Fatalf("%s: a message was noted %d times", what, times)
					}
					b.sound(t, what)
				}
			}
			if steps >= 9 {
				t.Errorf("it takes %d appends, and not all are tried", steps)
			}
		})
	}
}
