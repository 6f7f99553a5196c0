package projections_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/adapters/postgres/postgrestest"
	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/inbox"
	"skein/domain/intake"
	"skein/domain/mailbox"
	"skein/domain/organization"
	"skein/domain/pair"
	"skein/domain/space"
	"skein/projections"
)

// A space that was exported and imported elsewhere shows the same, was through the
// same, and goes on the same: what is unmerged comes out the same, and the same values
// name the same contacts (C0-30). An import that was broken off goes on.
func TestImportedSpaceIsTheSame(t *testing.T) {
	t.Parallel()
	here, there := postgrestest.Open(t), postgrestest.Open(t)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		ctx := context.Background()
		h, other := build(t, fmt.Sprintf("x%d-", runs)), build(t, fmt.Sprintf("y%d-", runs))
		other.Hash = digest
		var people []contact.ID
		if _, err := h.Space(ctx, by, h.room, space.DefineField{Key: "city", Label: "City", Type: space.Text}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.SaveInbox(ctx, by, h.room, inbox.Save{Name: "VIP", Filter: vip}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Space(ctx, by, h.room, space.AddChannel{Key: "chat"}); err != nil {
			t.Fatal(err)
		}
		hear := func(h *house, id, identity string) (contact.ID, error) {
			heard, err := h.Hear(ctx, by, h.room, commands.Inbound{Message: conversation.MessageID(id), Channel: "chat", Identity: identity, At: h.Now()})
			return heard.Contact, err
		}
		for n := range rapid.IntRange(5, 40).Draw(t, "steps") {
			h.live(ctx, t, &people)
			if n%9 == 0 {
				met, err := hear(h, fmt.Sprint("m", n), fmt.Sprint("chat", n))
				if err != nil {
					t.Fatal(err)
				}
				people = append(people, met)
			}
		}
		aside := intake.Key{Space: h.room.ID, Sender: "somebody"}
		h.record(t, aside.Stream(), intake.TurnedAway{Message: "waits", Channel: "chat", Identity: "chat0", At: h.Now()})
		from, to := follower(ctx, t, h, "from"+fmt.Sprint(runs)), follower(ctx, t, other, "to"+fmt.Sprint(runs))
		from.DB, to.DB = here, there
		from.catchUp()

		about, events := exported(ctx, t, h)
		of := other.room.Space.Organization
		broken := rapid.IntRange(0, about.Events).Draw(t, "broken off after")
		if _, err := other.ImportSpace(ctx, other.journal, by, of, "Copy", about, brokenOff(events, about.Events+broken), nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("broken off: %v", err)
		}
		done, err := other.ImportSpace(ctx, other.journal, by, of, "", about, events, nil)
		if err != nil {
			t.Fatal(err)
		}
		if done.Name != "Copy" || done.Mailboxes != 0 || done.Before {
			t.Errorf("imported as %+v", done)
		}
		length := len(other.journal.All(0))
		again, err := other.ImportSpace(ctx, other.journal, by, of, "", about, events, nil)
		if err != nil || !again.Before || again.ID != done.ID || len(other.journal.All(0)) != length {
			t.Errorf("imported again as %+v, %v", again, err)
		}
		if other.room, err = other.SpaceOf(ctx, of, done.ID); err != nil {
			t.Fatal(err)
		}
		sameHistory(t, h, other)
		to.catchUp()
		alike := func(when string) {
			from.catchUp()
			to.catchUp()
			if diff := cmp.Diff(shownBy(ctx, t, from), shownBy(ctx, t, to)); diff != "" {
				t.Fatalf("%s (-exported +imported):\n%s", when, diff)
			}
		}
		alike("imported otherwise")
		for _, id := range people {
			if diff := cmp.Diff(storyOf(ctx, t, from, id), storyOf(ctx, t, to, id)); diff != "" {
				t.Fatalf("%s was through something else (-exported +imported):\n%s", id, diff)
			}
		}
		counted(ctx, t, there, other.room)
		for _, id := range people {
			_, err := h.UnmergeContact(ctx, by, h.room, id, commands.Parting{})
			_, same := other.UnmergeContact(ctx, by, other.room, id, commands.Parting{})
			if code(err) != code(same) {
				t.Errorf("unmerge %s: %v, and of the imported one %v", id, err, same)
			}
		}
		alike("unmerged otherwise")
		for n := 0; n < 40; n += 9 {
			was, err := hear(h, fmt.Sprint("m", n), fmt.Sprint("chat", n))
			is, same := hear(other, fmt.Sprint("m", n), fmt.Sprint("chat", n))
			if code(err) != code(same) || was != is && slices.Contains(people, was) {
				t.Errorf("chat%d is %s, %v, and of the imported space %s, %v", n, was, err, is, same)
			}
		}
		for _, each := range []*house{h, other} {
			if _, err := each.TakeUp(ctx, intake.Key{Space: each.room.ID, Sender: aside.Sender}, false); err != nil {
				t.Error(err)
			}
		}
		for _, field := range []string{"email", "external_id"} {
			for _, value := range []string{"x@example.org", "y@example.org", "z@example.org", "w@example.org", "v@example.org"} {
				fields := map[string]string{field: value, "first_name": "New"}
				_, _, err := h.CreateContact(ctx, by, h.room, contact.Create{Fields: fields})
				_, _, same := other.CreateContact(ctx, by, other.room, contact.Create{Fields: fields})
				if code(err) != code(same) {
					t.Errorf("%s %s: %v, and of the imported space %v", field, value, err, same)
				}
			}
		}
	})
}

// What is damaged, foreign or newer is refused before anything is written.
func TestImportRefusesWhatIsNoArchive(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h, other := build(t, "ref-"), build(t, "fus-")
	other.Hash = digest
	for _, name := range []string{"Ada", "Eve"} {
		if _, _, err := h.CreateContact(ctx, by, h.room, contact.Create{Fields: map[string]string{"first_name": name}}); err != nil {
			t.Fatal(err)
		}
	}
	about, events := exported(ctx, t, h)
	var all []domain.Recorded
	for r := range events {
		all = append(all, r)
	}
	if _, _, err := other.CreateSpace(ctx, by, space.Create{Organization: other.room.Space.Organization, Name: "Taken"}); err != nil {
		t.Fatal(err)
	}
	before := len(other.journal.All(0))
	refuse := func(why, code string, change func(a *commands.Archive, all []domain.Recorded) []domain.Recorded) {
		t.Helper()
		a := about
		changed := change(&a, slices.Clone(all))
		_, err := other.ImportSpace(ctx, other.journal, by, other.room.Space.Organization, "", a, func(yield func(domain.Recorded, error) bool) {
			for _, r := range changed {
				if !yield(r, nil) {
					return
				}
			}
		}, nil)
		var refused *domain.Refusal
		if !errors.As(err, &refused) || refused.Code != code || len(other.journal.All(0)) != before {
			t.Errorf("%s: %v", why, err)
		}
	}
	type history = []domain.Recorded
	refuse("newer", "archive_too_new", func(a *commands.Archive, all history) history { a.Format++; return all })
	refuse("no archive", "archive_unfit", func(a *commands.Archive, all history) history { a.Space = ""; return all })
	refuse("cut off", "archive_unfit", func(_ *commands.Archive, all history) history { return all[:len(all)-1] })
	refuse("out of order", "archive_unfit", func(_ *commands.Archive, all history) history { slices.Reverse(all); return all })
	refuse("of another space", "archive_unfit", func(_ *commands.Archive, all history) history {
		all[1].Stream = contact.Key{Space: "another", ID: "ada"}.Stream()
		return all
	})
	refuse("of something else", "archive_unfit", func(_ *commands.Archive, all history) history {
		all[1].Event = organization.Founded{Name: "x"}
		return all
	})
	refuse("name taken", "space_name_taken", func(a *commands.Archive, all history) history { a.Name = "Taken"; return all })
	if _, err := other.ImportSpace(ctx, other.journal, by, "nobody", "Copy", about, events, nil); !errors.Is(err, organization.ErrUnknown) || len(other.journal.All(0)) != before {
		t.Errorf("into an unknown organization: %v", err)
	}
}

// No password, however sealed, gets into an archive, nor any claim or credential.
func TestExportHoldsNoSecret(t *testing.T) {
	t.Parallel()
	h := build(t, "sec-")
	ctx := t.Context()
	if _, _, err := h.CreateContact(ctx, by, h.room, contact.Create{Fields: map[string]string{"email": "ada@example.org"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.journal.Append(ctx, mailbox.Key{Space: h.room.ID, ID: "box"}.Stream(), 0, domain.By{Actor: "ada", Key: "planted"}, mailbox.Connected{Name: "Us", Sealed: []byte("planted")}); err != nil {
		t.Fatal(err)
	}
	_, events := exported(ctx, t, h)
	kinds := map[string]bool{}
	for r := range events {
		kinds[r.Kind()] = true
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		connected, _ := r.Event.(mailbox.Connected)
		if strings.Contains(string(data), "planted") || connected.Sealed != nil {
			t.Errorf("%s has a secret", data)
		}
	}
	if diff := cmp.Diff(map[string]bool{"space.created": true, "contact.created": true, "mailbox.connected": true}, kinds); diff != "" {
		t.Error(diff)
	}
}

var archiveCodec = domain.NewCodec(space.Facts, contact.Facts, conversation.Facts, inbox.Facts, mailbox.Facts, intake.Facts, pair.Facts)

// exported is the space of a house, as an archive tells it.
func exported(ctx context.Context, t rapidOrTest, h *house) (commands.Archive, commands.Events) {
	t.Helper()
	end := domain.Position(len(h.journal.All(0)))
	about, err := h.Archive(ctx, h.room, end)
	if err != nil {
		t.Fatal(err)
	}
	var lines [][]byte
	for e, err := range h.ExportSpace(ctx, h.journal, h.room, end) {
		if err != nil {
			t.Fatal(err)
		}
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	about.Events = len(lines)
	return about, func(yield func(domain.Recorded, error) bool) {
		for _, line := range lines {
			var one commands.Archived
			if err := json.Unmarshal(line, &one); err != nil {
				t.Fatal(err)
			}
			e, err := archiveCodec.Decode(one.Kind, one.Data)
			if !yield(domain.Recorded{Event: e, Stream: one.Stream, Revision: one.Revision, Moment: domain.Moment{Position: one.Position, At: one.At, By: one.By}}, err) {
				return
			}
		}
	}
}

// brokenOff is events of which no more come after so many were asked for in all.
func brokenOff(events commands.Events, most int) commands.Events {
	n := 0
	return func(yield func(domain.Recorded, error) bool) {
		for r, err := range events {
			if n++; n > most {
				yield(domain.Recorded{}, context.DeadlineExceeded)
				return
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

func code(err error) string {
	var refused *domain.Refusal
	if errors.As(err, &refused) {
		return refused.Code + fmt.Sprint(refused.Names)
	}
	return fmt.Sprint(err)
}

// following is a projector that shows the journal of a house.
type following struct {
	*projections.Projector
	house   *house
	cut     domain.Position
	catchUp func()
}

func follower(ctx context.Context, t rapidOrTest, h *house, name string) *following {
	f := &following{Projector: &projections.Projector{Name: name, Projection: projections.Contacts{}}, house: h}
	f.catchUp = func() { f.cut = follow(ctx, t, f.Projector, h.journal, f.cut) }
	return f
}

var undoneAt = regexp.MustCompile(`"undone_at": "[^"]*", `) // which has its own clock in each of the two

var positions = regexp.MustCompile(`"(at|incoming_at|from|to|position|merged|undone|deleted)": ?[0-9]+`)

// shownBy is what the tables show of a space, but for its id, positions and what it is
// called.
func shownBy(ctx context.Context, t rapidOrTest, f *following) (rows []string) {
	t.Helper()
	for _, row := range dump(ctx, t, f.DB, f.house.room.ID) {
		if !strings.HasPrefix(row, "contact_spaces ") && !strings.HasPrefix(row, "space_usage ") {
			row = strings.ReplaceAll(row, string(f.house.room.ID), "space")
			row = undoneAt.ReplaceAllString(row, "")
			rows = append(rows, positions.ReplaceAllString(row, `"$1": 0`))
		}
	}
	slices.Sort(rows)
	return rows
}

// storyOf is the history of a contact with all that were ever one with it.
func storyOf(ctx context.Context, t rapidOrTest, f *following, id contact.ID) (told []string) {
	t.Helper()
	related, err := projections.Lineage(ctx, f.DB, f.house.room.ID, id)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := f.house.History(ctx, f.house.room, id, related, commands.Until{}, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range steps {
		told = append(told, fmt.Sprint(s.At, s.By.Actor, s.Contact, s.Kind(), s.After.Fields(), s.After.Tags(), s.PartOf))
	}
	return told
}

// sameHistory fails t unless both spaces were through the same, at the same times and
// by the same.
func sameHistory(t rapidOrTest, h, other *house) {
	t.Helper()
	told := func(h *house) map[string][]string {
		all := map[string][]string{}
		for _, r := range h.journal.All(0) {
			in, id := r.Stream.Parts()
			if category := r.Stream.Category(); in == string(h.room.ID) && category != "identifier" {
				data, _ := json.Marshal(r.Event)
				all[category+id] = append(all[category+id], fmt.Sprint(r.Revision, r.Kind(), string(data), r.At, r.By.Actor))
			}
		}
		return all
	}
	if diff := cmp.Diff(told(h), told(other)); diff != "" {
		t.Errorf("another history (-exported +imported):\n%s", diff)
	}
}

// A value that a contact has borrowed of its part is the part's in the imported space
// too, though the contact had it first: the two do not come apart with it.
func TestImportedBorrower(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h, other := build(t, "lender-"), build(t, "borrower-")
	other.Hash = digest
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	email := func(address string) map[string]string { return map[string]string{"email": address} }
	ada, _, err := h.CreateContact(ctx, by, h.room, contact.Create{Fields: email("x@example.org")})
	must(err)
	_, err = h.EditContact(ctx, by, h.room, ada, contact.Edit{Fields: email("y@example.org")})
	must(err)
	eve, _, err := h.CreateContact(ctx, by, h.room, contact.Create{Fields: email("x@example.org")})
	must(err)
	_, _, err = h.MergeContacts(ctx, by, h.room, ada, eve, contact.Absorb{Choices: map[string]contact.Choice{"email": contact.Survivors}})
	must(err)
	_, err = h.EditContact(ctx, by, h.room, ada, contact.Edit{Fields: email("x@example.org")})
	must(err)

	about, events := exported(ctx, t, h)
	done, err := other.ImportSpace(ctx, other.journal, by, other.room.Space.Organization, "Copy", about, events, nil)
	must(err)
	other.room, err = other.SpaceOf(ctx, other.room.Space.Organization, done.ID)
	must(err)
	_, refused := h.UnmergeContact(ctx, by, h.room, eve, commands.Parting{})
	if _, same := other.UnmergeContact(ctx, by, other.room, eve, commands.Parting{}); refused == nil || code(same) != code(refused) {
		t.Errorf("unmerged with %v, and in the imported space with %v", refused, same)
	}
}
