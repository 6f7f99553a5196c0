package projections_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
)

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
