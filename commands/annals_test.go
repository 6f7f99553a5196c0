package commands_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"skein/adapters/memory"
	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
)

// However many histories there are, and however long they are, they are told in the order
// of the journal.
func TestAnnalsAreInOrder(t *testing.T) {
	t.Parallel()
	j, room, kin := annalsOf(t, 20, 40)
	var want contact.Family
	var changed domain.Position // the first of them, with what is a part of it
	for _, r := range j.All(0) {
		want.Tell(r)
		if want.Holds(kin[0], contact.KeyOf(r.Stream).ID) {
			changed = r.Position
		}
	}
	h := &commands.Handler{Journal: j}
	got, last, err := h.AsOf(t.Context(), room, kin[0], kin, commands.Until{})
	if err != nil || last != changed || !reflect.DeepEqual(*got, want) {
		t.Fatalf("told up to %d, %v, and not as the journal says up to %d", last, err, changed)
	}
	steps, err := h.History(t.Context(), room, kin[0], kin, commands.Until{}, 0, 0)
	if err != nil || len(steps) == 0 {
		t.Fatalf("%d steps, %v", len(steps), err)
	}
	for i := 1; i < len(steps); i++ {
		if steps[i].Position <= steps[i-1].Position {
			t.Fatalf("step %d is at %d, behind one at %d", i, steps[i].Position, steps[i-1].Position)
		}
	}
}

// A history that cannot be read to its end is not told in part.
func TestAnnalsFailWhole(t *testing.T) {
	t.Parallel()
	j, room, kin := annalsOf(t, 20, 40)
	torn := errors.New("torn")
	h := &commands.Handler{Journal: tornJournal{j, contact.Key{Space: room.ID, ID: kin[7]}.Stream(), torn}}
	if _, _, err := h.AsOf(t.Context(), room, kin[0], kin, commands.Until{}); !errors.Is(err, torn) {
		t.Errorf("the error is %v, not that of the history", err)
	}
	if _, err := h.History(t.Context(), room, kin[0], kin, commands.Until{}, 0, 1); !errors.Is(err, torn) {
		t.Errorf("the error is %v, not that of the history", err)
	}
}

// annalsOf is a journal in which so many contacts are changed in turn, one another's
// parts in between.
func annalsOf(t rapid.TB, contacts, edits int) (*memory.Journal, commands.Room, []contact.ID) {
	j, room := &memory.Journal{}, commands.Room{ID: "lab"}
	kin, lengths := make([]contact.ID, contacts), make([]uint64, contacts)
	say := func(i int, e domain.Event) {
		if _, err := j.Append(context.Background(), contact.Key{Space: room.ID, ID: kin[i]}.Stream(), lengths[i], by, e); err != nil {
			t.Fatal(err)
		}
		lengths[i]++
	}
	for i := range kin {
		kin[i] = contact.ID(fmt.Sprint("contact-", i))
		say(i, contact.Created{Says: map[contact.Slot]string{"country": fmt.Sprint(i)}})
	}
	for n := range edits {
		for i := range kin {
			say(i, contact.Edited{Says: map[contact.Slot]string{"country": fmt.Sprint(n), contact.Slot(fmt.Sprint("#", i)): "on"}})
		}
		if other := n + 1; other < contacts {
			say(other, contact.Merged{Survivor: kin[n/2]})
		}
	}
	return j, room, kin
}

// tornJournal is a journal of which the history of one thing breaks off.
type tornJournal struct {
	*memory.Journal
	at  domain.Stream
	err error
}

func (j tornJournal) Read(ctx context.Context, s domain.Stream, from uint64) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		for r, err := range j.Journal.Read(ctx, s, from) {
			if s == j.at && r.Revision == 3 {
				yield(domain.Recorded{}, j.err)
				return
			}
			if !yield(r, err) {
				return
			}
		}
	}
}
