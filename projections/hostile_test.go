package projections_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/adapters/postgres/postgrestest"
	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/domain/inbox"
	"skein/domain/space"
	"skein/projections"
)

// hostile draws texts that something might choke on: control characters, broken
// encodings, letters that grow when they are folded, and lengths at the bounds.
func hostile(t *rapid.T, label string) string {
	pieces := rapid.SliceOfN(rapid.OneOf(
		rapid.SampledFrom([]string{"\x00", "\xff", "\ufdfa", "ﷺ", "'", `\`, "\u202e", "\U0010ffff", "İ", "\n", "\t", " ", "{}", "$1", "\u0301"}),
		rapid.String(),
	), 0, 6).Draw(t, label)
	text := strings.Join(pieces, "")
	if n := rapid.SampledFrom([]int{1, 1, 1, 40, 2000}).Draw(t, label+" times"); n > 1 {
		text = strings.ToValidUTF8(strings.Repeat(text, n), "")
		runes := []rune(text)
		text = string(runes[:min(len(runes), n)])
	}
	return text
}

// Whatever a command accepts, the projections take in, and so does a rebuild.
func TestWhatIsAcceptedIsProjected(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		ctx := context.Background()
		h := build(t, fmt.Sprintf("h%d-", runs))
		org := h.room.Space.Organization
		_, _, _ = h.CreateSpace(ctx, by, space.Create{Organization: org, Name: hostile(t, "space")})
		for range 3 {
			options := []string{hostile(t, "option"), hostile(t, "option")}
			kind := rapid.SampledFrom(space.Types).Draw(t, "type")
			if kind != space.List && kind != space.MultiList {
				options = nil
			}
			key := rapid.SampledFrom([]string{"city", "score", "born", "met", hostile(t, "key")}).Draw(t, "which key")
			_, _ = h.Space(ctx, by, h.room, space.DefineField{Key: key, Label: hostile(t, "label"), Type: kind, Options: options})
		}
		room, err := h.Enter(ctx, commands.Principal{Actor: by.Actor, Organization: org}, h.room.ID, access.LookAround)
		if err != nil {
			t.Fatal(err)
		}
		keys := []string{"first_name", "last_name", "email", "phone", "external_id", "image", "country"}
		for _, f := range room.Space.Fields {
			keys = append(keys, f.Key)
		}
		value := func() string {
			return rapid.OneOf(rapid.Just(hostile(t, "value")), rapid.SampledFrom([]string{
				"0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00", "2024-02-29", "0000-01-01", strings.Repeat("9", 40) + ".5", "-0", "ada@exämple.org", "+4930123456", "true",
			})).Draw(t, "which value")
		}
		for range 4 {
			fields := map[string]string{}
			for range rapid.IntRange(1, 4).Draw(t, "fields") {
				fields[rapid.SampledFrom(keys).Draw(t, "field")] = value()
			}
			_, _, _ = h.CreateContact(ctx, by, room, contact.Create{Fields: fields, Tags: []string{hostile(t, "tag")}})
			test := &inbox.Test{
				Of:    rapid.SampledFrom(append(keys, "name", "tag", "created", "last_interaction")).Draw(t, "of"),
				How:   rapid.SampledFrom([]inbox.How{inbox.Is, inbox.Contains, inbox.StartsWith, inbox.Above, inbox.AtMost, inbox.HasValue}).Draw(t, "how"),
				Value: value(),
			}
			_, _, _ = h.SaveInbox(ctx, by, room, inbox.Save{Name: hostile(t, "inbox"), Filter: inbox.Filter{Test: test}})
		}
		for name, p := range map[string]projections.Projection{"contacts": projections.Contacts{}, "spaces": projections.Spaces{}} {
			follow(ctx, t, &projections.Projector{Name: fmt.Sprint(name, runs), Projection: p, DB: db}, h.journal, 0)
		}
		h.room = room
		counted(ctx, t, db, h.room)
	})
}

// An event that cannot be taken in is parked by a rebuild, which goes on.
func TestRebuildParks(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := postgrestest.Open(t)
	h := build(t, "park-")
	for _, name := range []string{"Ada", "Eve"} {
		if _, _, err := h.CreateContact(ctx, by, h.room, contact.Create{Fields: map[string]string{"first_name": name}}); err != nil {
			t.Fatal(err)
		}
		bad := contact.Key{Space: h.room.ID, ID: contact.ID("bad" + name)}
		if _, err := h.journal.Append(ctx, bad.Stream(), 0, by, contact.Created{Says: map[contact.Slot]string{"first_name": "a\x00b"}}); err != nil {
			t.Fatal(err)
		}
	}
	p := &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: db}
	for range 2 {
		if err := p.Rebuild(ctx, from(h.journal), nil); err != nil {
			t.Fatal(err)
		}
	}
	var parked int
	if err := db.QueryRow(ctx, `SELECT count(*) FROM parked_events WHERE projection = 'contacts' AND kind = 'contact.created'`).Scan(&parked); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for c := range pages(ctx, t, db, projections.ContactList{In: h.room.ID, Limit: 10}) {
		names[c.Name] = true
	}
	if diff := cmp.Diff(map[string]bool{"Ada": true, "Eve": true}, names); diff != "" || parked != 2 {
		t.Errorf("%d events were parked, and %s", parked, diff)
	}
	if at, err := p.Checkpoint(ctx); err != nil || at != domain.Position(len(h.journal.All(0))) {
		t.Errorf("rebuilt up to %d, %v", at, err)
	}
}

// A projection that little concerns does not have to read the whole journal again
// at the next start.
func TestIdleCheckpoint(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	p := &projections.Projector{Name: "mailboxes", Projection: projections.Mailboxes{}, DB: db}
	for end := domain.Position(1_000); end <= 25_000; end += 1_000 {
		if err := p.Follow(t.Context(), projections.Page{End: end}); err != nil {
			t.Fatal(err)
		}
	}
	again := &projections.Projector{Name: "mailboxes", Projection: projections.Mailboxes{}, DB: db}
	if at, err := again.Checkpoint(t.Context()); err != nil || at != 20_000 {
		t.Errorf("begins again at %d, %v", at, err)
	}
}
