package commands_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/erasure"
	"skein/domain/intake"
	"skein/domain/space"
)

// everything that an archive has.
var archived = domain.NewCodec(contact.Facts, conversation.Facts, intake.Facts, erasure.Facts, space.Facts)

// export is the room of an estate as an archive has it.
func (e *estate) export(t *testing.T, in commands.Room) (a commands.Archive, events []domain.Recorded) {
	t.Helper()
	a, err := e.Archive(t.Context(), in, domain.Position(len(e.journal.All(0))))
	if err != nil {
		t.Fatal(err)
	}
	for one, err := range e.ExportSpace(t.Context(), e.journal, in, a.Position) {
		if err != nil {
			t.Fatal(err)
		}
		what, err := archived.Decode(one.Kind, one.Data)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, domain.Recorded{Event: what, Stream: one.Stream, Revision: one.Revision, Moment: domain.Moment{Position: one.Position, At: one.At, By: one.By}})
	}
	a.Events = len(events)
	return a, events
}

// A space in which somebody was erased is exported and imported like any other: he is gone
// there too, the others are the same, and can be erased themselves.
func TestErasedSpaceMoves(t *testing.T) {
	t.Parallel()
	for name, estate := range estates {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := estate(t)
			if err := e.erase(t, e.Handler); err != nil {
				t.Fatal(err)
			}
			a, events := e.export(t, e.room)
			done, err := e.ImportSpace(t.Context(), e.journal, by, "engines", "Copy", a, func(yield func(domain.Recorded, error) bool) {
				for _, r := range events {
					if !yield(r, nil) {
						return
					}
				}
			}, nil)
			if err != nil {
				t.Fatal(err)
			}
			before := e.others(t)
			if e.room, err = e.SpaceOf(t.Context(), "engines", done.ID); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, e.others(t), cmpopts.IgnoreTypes(domain.Position(0)), cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			e.gone(t, e.Handler)
			e.nothingLeft(t)
			for _, her := range e.stay {
				if err := second(e.EraseContact(t.Context(), by, e.room, her, e.previews(t, her).Token, "")); err != nil {
					t.Errorf("erase another one: %v", err)
				}
			}
		})
	}
}

// A space in which somebody was erased is destroyed with all that was noted of it.
func TestErasedSpaceDestroyed(t *testing.T) {
	t.Parallel()
	e := estates["merged"](t)
	if err := e.erase(t, e.Handler); err != nil {
		t.Fatal(err)
	}
	at := e.delete(t)
	if _, err := e.Destroy(t.Context(), e.journal, commands.Deletion{Organization: "engines", Space: e.room.ID, Position: at, At: e.Now()}, 0, nil); err != nil {
		t.Fatal(err)
	}
	for _, r := range e.journal.All(0) {
		if in, _ := r.Stream.Parts(); in != string(e.room.ID) && r.Stream != e.room.ID.Stream() {
			continue
		}
		for _, err := range e.journal.Read(t.Context(), r.Stream, 0) {
			if !errors.Is(err, commands.ErrTombstoned) {
				t.Errorf("%s is there", r.Stream)
			}
		}
	}
	if err := e.Stands(t.Context(), e.room, e.him); !errors.Is(err, space.ErrUnknown) {
		t.Errorf("he is asked about: %v", err)
	}
}
