package projections_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/adapters/postgres/postgrestest"
	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/inbox"
	"skein/domain/intake"
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
		now := h.Now().Add(time.Hour)
		for _, each := range []*house{h, other} { // what is unmerged says when
			each.journal.Now = func() time.Time { return now }
		}
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
