package commands_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/space"
)

// Whatever is kept at hand, by however many processes, a story is what the whole
// history says, and stories that were told before stay as they were.
func TestShelfTellsWhatTheJournalSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := pairUp(t)
		processes := []*commands.Handler{p.Handler}
		for range rapid.IntRange(0, 2).Draw(rt, "others") {
			h, _ := p.process(journaltest.Fault{})
			processes = append(processes, h)
		}
		var told, copies []contact.Contact
		for n := range rapid.IntRange(1, 30).Draw(rt, "commands") {
			h, id := rapid.SampledFrom(processes).Draw(rt, "process"), rapid.SampledFrom([]contact.ID{p.Ada, p.Eve}).Draw(rt, "of")
			s := contact.Key{Space: p.room.ID, ID: id}.Stream()
			switch rapid.IntRange(0, 4).Draw(rt, "what") {
			case 0, 1:
				tag := rapid.SampledFrom([]string{"vip", "new", "old"}).Draw(rt, "tag")
				_, _ = h.EditContact(t.Context(), by, p.room, id, contact.Edit{Tag: []string{tag}})
			case 2:
				_, _, _ = h.MergeContacts(t.Context(), by, p.room, p.Ada, p.Eve, keeping)
			case 3:
				_, _ = h.UnmergeContact(t.Context(), by, p.room, p.Eve, commands.Parting{})
			case 4:
				m := commands.Mailed{Identity: fmt.Sprint(n), Email: "eve@example.org"}
				if err := h.Receive(t.Context(), by, p.room, m); err != nil {
					rt.Fatal(err)
				}
			}
			got, length, err := commands.Load(t.Context(), h, s, contact.Evolve)
			want := anew(p.journal.All(0), s, contact.Evolve)
			if err != nil || !reflect.DeepEqual(got, want) {
				rt.Fatalf("%s is told as %+v after %d events, %v; the journal says %+v", id, got, length, err, want)
			}
			told, copies = append(told, got), append(copies, want)
			s = conversation.Stream(contact.Key{Space: p.room.ID, ID: id})
			heard, _, err := commands.Load(t.Context(), h, s, conversation.Evolve)
			if want := anew(p.journal.All(0), s, conversation.Evolve); err != nil || !reflect.DeepEqual(heard, want) {
				rt.Fatalf("the conversation with %s is not what the journal says: %v", id, err)
			}
		}
		if !reflect.DeepEqual(told, copies) {
			rt.Fatal("a story that was told has changed")
		}
	})
}

// anew is the story of a stream, told from its beginning.
func anew[S any, E domain.Event](all []domain.Recorded, s domain.Stream, evolve func(S, E, domain.Moment) S) (state S) {
	for _, r := range all {
		if r.Stream == s {
			state = evolve(state, r.Event.(E), r.Moment)
		}
	}
	return state
}

// read is what was read of a stream, from which revision on.
type read struct {
	s    domain.Stream
	from uint64
}

// observed is a journal that notes what is read of it.
type observed struct {
	commands.Journal
	mu    sync.Mutex
	reads []read
}

func (w *observed) Read(ctx context.Context, s domain.Stream, from uint64) iter.Seq2[domain.Recorded, error] {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reads = append(w.reads, read{s, from})
	return w.Journal.Read(ctx, s, from)
}

// Of a contact that was asked for lately only what was recorded since is read.
func TestShelfReadsTheRest(t *testing.T) {
	t.Parallel()
	p := pairUp(t)
	w := &observed{Journal: p.journal}
	p.Journal = w
	s := contact.Key{Space: p.room.ID, ID: p.Ada}.Stream()
	for range 3 {
		if _, err := p.EditContact(t.Context(), by, p.room, p.Ada, contact.Edit{Tag: []string{"vip"}}); err != nil {
			t.Fatal(err)
		}
	}
	var of []read
	for _, r := range w.reads {
		if r.s == s {
			of = append(of, r)
		}
	}
	if want := []read{{s, 0}, {s, 1}, {s, 2}}; !slices.Equal(of, want) {
		t.Errorf("read %v, want %v", of, want)
	}
}

// What was destroyed is not kept.
func TestShelfOfTheDestroyed(t *testing.T) {
	t.Parallel()
	p := pairUp(t)
	s := contact.Key{Space: p.room.ID, ID: p.Ada}.Stream()
	if _, _, err := commands.Load(t.Context(), p.Handler, s, contact.Evolve); err != nil {
		t.Fatal(err)
	}
	before, _ := p.Shelved()
	if err := p.journal.Tombstone(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if c, length, err := commands.Load(t.Context(), p.Handler, s, contact.Evolve); !errors.Is(err, space.ErrUnknown) {
		t.Errorf("it is told as %+v after %d events, %v", c, length, err)
	}
	if after, _ := p.Shelved(); after != before-1 {
		t.Errorf("%d stories are kept, then %d", before, after)
	}
}

// There is room for so many stories, and for so many events; those asked for last stay.
func TestShelfIsBounded(t *testing.T) {
	t.Parallel()
	p := pairUp(t)
	of := func(n int) domain.Stream {
		return contact.Key{Space: p.room.ID, ID: contact.ID(fmt.Sprint(n))}.Stream()
	}
	look := func(n, events int) {
		s := of(n)
		if _, err := p.journal.Append(t.Context(), s, 0, by, slices.Repeat([]domain.Event{contact.Edited{}}, events)...); err != nil {
			t.Fatal(err)
		}
		if _, length, err := commands.Load(t.Context(), p.Handler, s, contact.Evolve); err != nil || length != uint64(events) {
			t.Fatal(length, err)
		}
		if stories, events := p.Shelved(); stories < 1 || stories > commands.MostShelved || events > commands.Shelfful {
			t.Fatalf("%d stories of %d events are kept", stories, events)
		}
	}
	for n := range commands.MostShelved + 10 {
		look(n, 1)
	}
	if stories, _ := p.Shelved(); stories != commands.MostShelved {
		t.Errorf("%d stories are kept", stories)
	}
	last := commands.MostShelved + 10
	look(last, commands.Shelfful) // has room for nothing else
	if stories, events := p.Shelved(); stories != 1 || events != commands.Shelfful {
		t.Errorf("%d stories of %d events are kept", stories, events)
	}
	look(last+1, commands.Shelfful+1) // has no room
	if stories, events := p.Shelved(); stories != 1 || events != commands.Shelfful {
		t.Errorf("then %d stories of %d events are kept", stories, events)
	}
}

// Many at a time can ask for the same, and change it.
func TestShelfManyAtATime(t *testing.T) {
	t.Parallel()
	p := pairUp(t)
	var many sync.WaitGroup
	for n := range 8 {
		many.Go(func() {
			for i := range 10 {
				edit := contact.Edit{Tag: []string{fmt.Sprint(n, "-", i)}}
				by := domain.By{Actor: "ada", Key: fmt.Sprint("k-", n, "-", i)}
				if _, err := p.EditContact(t.Context(), by, p.room, p.Ada, edit); err != nil && !errors.Is(err, commands.ErrBusy) {
					t.Error(err)
				}
			}
		})
	}
	many.Wait()
	got, _, err := commands.Load(t.Context(), p.Handler, contact.Key{Space: p.room.ID, ID: p.Ada}.Stream(), contact.Evolve)
	if want := p.told(p.Ada); err != nil || !reflect.DeepEqual(got.Values, want.Values) {
		t.Errorf("told as %+v, %v; the journal says %+v", got, err, want)
	}
}

// However many commands were carried out under keys, and by whichever process, each is
// found again, and none under the key of another.
func TestShelfKeepsKeys(t *testing.T) {
	t.Parallel()
	p := pairUp(t)
	other, _ := p.process(journaltest.Fault{})
	under := func(n int) domain.By { return domain.By{Actor: "ada", Key: fmt.Sprint("k-", n), Ask: fmt.Sprint(n)} }
	do := func(h *commands.Handler, by domain.By, n int) (domain.Position, error) {
		return h.EditContact(t.Context(), by, p.room, p.Ada, contact.Edit{Fields: map[string]string{"first_name": fmt.Sprint(n)}})
	}
	const many = 100
	var at [many]domain.Position
	for n := range many {
		h := p.Handler
		if n%7 == 0 {
			h = other
		}
		var err error
		if at[n], err = do(h, under(n), n); err != nil {
			t.Fatal(err)
		}
	}
	end := len(p.journal.All(0))
	for n := range many {
		for _, h := range []*commands.Handler{p.Handler, other} {
			if again, err := do(h, under(n), n); again != at[n] || err != nil {
				t.Errorf("%d: carried out at %d, then %d, %v", n, at[n], again, err)
			}
			reused := under(n)
			reused.Ask = "something else"
			if _, err := do(h, reused, n); !errors.Is(err, commands.ErrKeyReused) {
				t.Errorf("%d: %v", n, err)
			}
		}
	}
	if more := len(p.journal.All(0)) - end; more > 0 {
		t.Errorf("%d events were recorded again", more)
	}
}

// Keys that are told on from one story, differently by different ones, are those that
// each was told, and they are kept in few parts.
func TestKeys(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		told, want := []commands.Keys{nil}, [][]string{nil}
		for n := range rapid.IntRange(1, 60).Draw(t, "stories") {
			from := rapid.OneOf(rapid.Just(len(told)-1), rapid.IntRange(0, len(told)-1)).Draw(t, "from")
			var more []string
			for i := range rapid.IntRange(0, 5).Draw(t, "keys") {
				more = append(more, fmt.Sprint(n, "-", i))
			}
			told, want = append(told, told[from].Having(more...)), append(want, append(slices.Clip(want[from]), more...))
		}
		for i, keys := range told {
			for _, other := range want {
				for _, key := range other {
					if keys.Has(key) != slices.Contains(want[i], key) {
						t.Fatalf("%s is among %v: %t", key, want[i], keys.Has(key))
					}
				}
			}
			if len(keys) > 10 {
				t.Fatalf("%d keys are kept in %d parts", len(want[i]), len(keys))
			}
		}
	})
}
