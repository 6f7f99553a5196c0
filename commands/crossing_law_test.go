package commands_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/process"
	"skein/domain/space"
)

// However the reads and appends of several processes fall together that merge, preview,
// take out, undo, edit, delete and bring messages, and whoever of them is killed and goes
// on: in the end every id leads to one contact, commands and whoever reads the whole
// journal agree on it, no value is two contacts', and whoever asks how it was at any
// moment is told what the journal said then (D1-3, D1-14, D2-5, D2-15).
func TestWhateverFallsTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := stage(t)
		var before []deedOf
		for range rapid.IntRange(0, 6).Draw(rt, "before") {
			before = append(before, s.deed(rt, len(before)))
		}
		for _, d := range before {
			h, _ := s.process(never)
			s.play(rt, d, h)
			s.clock.Add(120)
		}
		began := len(s.journal.All(0))
		var deeds []deedOf
		for range rapid.IntRange(2, 4).Draw(rt, "at once") {
			deeds = append(deeds, s.deed(rt, 10+len(deeds)))
		}
		killed := map[int]bool{rapid.IntRange(-1, len(deeds)-1).Draw(rt, "killed"): true, rapid.IntRange(-1, len(deeds)-1).Draw(rt, "killed too"): true}
		reads := rapid.Bool().Draw(rt, "reads")
		var all []*actor
		for i, d := range deeds {
			fault := never
			if killed[i] {
				fault = journaltest.Fault{Append: rapid.IntRange(1, 8).Draw(rt, "append"), After: rapid.Bool().Draw(rt, "after")}
			}
			all = append(all, s.acts(rt, d, fault, reads))
		}
		conduct(rt, all)
		s.clock.Add(120)
		for i, d := range deeds {
			if killed[i] {
				h, _ := s.process(never)
				s.play(rt, d, h)
				s.clock.Add(120)
			}
		}
		h, _ := s.process(never)
		for _, r := range s.journal.All(0) {
			if e, is := r.Event.(process.Started); is {
				in, id := r.Stream.Parts()
				if _, err := h.Resume(t.Context(), space.ID(in), process.ID(id)); err != nil {
					var refused *domain.Refusal
					if !errors.As(err, &refused) {
						rt.Fatalf("%s cannot be gone on with: %v", e.What, err)
					}
				}
			}
		}
		s.check(rt, began)
	})
}

// players are four contacts with addresses.
type players struct {
	*crowd
	ids []contact.ID
}

func stage(t *testing.T) *players {
	c := crowdOf(t)
	c.Hash = sum
	c.channel(t, "chat", "")
	p := &players{c, []contact.ID{c.ada, c.lord, c.eve, c.kit}}
	for i, id := range p.ids {
		c.edit(t, id, contact.Edit{Link: []contact.Identity{{Channel: "chat", Of: fmt.Sprint(i)}}, Fields: map[string]string{"first_name": fmt.Sprint(i)}})
	}
	c.clock.Add(120)
	return p
}

// deed is something that somebody asks for.
func (s *players) deed(t *rapid.T, n int) deedOf {
	ctx := context.Background()
	who := rapid.SampledFrom(s.ids)
	id := who.Draw(t, "id")
	key := under(fmt.Sprint("deed", n))
	name := func(f string, a ...any) string { return fmt.Sprintf("%d "+f, append([]any{n}, a...)...) }
	addresses := []string{"ada@example.org", "lord@example.org", "eve@example.org", "kit@example.org", "x@example.org"}
	switch step := rapid.IntRange(0, 16).Draw(t, "deed"); {
	case step <= 3:
		into := who.Draw(t, "into")
		choice := rapid.SampledFrom([]contact.Choice{contact.Survivors, contact.Absorbeds, contact.Neithers}).Draw(t, "choice")
		cmd := contact.Absorb{Choices: map[string]contact.Choice{"email": choice}}
		return deedOf{name("merge(%s, %s)", into, id), func(h *commands.Handler, _ *trio) error {
			return third(h.MergeContacts(ctx, key, s.room, into, id, cmd))
		}}
	case step == 4:
		into := who.Draw(t, "into")
		return deedOf{name("preview and merge(%s, %s)", into, id), func(h *commands.Handler, _ *trio) error {
			p, err := h.PreviewMerge(ctx, s.room, into, id, keeping)
			if err != nil {
				return err
			}
			return third(h.MergeAsPreviewed(ctx, key, s.room, into, id, keeping, p.Token))
		}}
	case step <= 8:
		how := commands.Parting{Alone: rapid.Bool().Draw(t, "alone"), Talks: rapid.SampledFrom([]contact.Talks{contact.Untouched, contact.Close}).Draw(t, "talks")}
		if r := rapid.SampledFrom([]commands.Resolution{"", commands.Move, commands.LeaveOff}).Draw(t, "resolution"); r != "" {
			how.Resolutions = map[string]commands.Resolution{"email": r}
		}
		if rapid.Bool().Draw(t, "carried") {
			how.Interactions = commands.ByIdentity
		}
		return deedOf{name("unmerge(%s) %+v", id, how), func(h *commands.Handler, _ *trio) error {
			return second(h.UnmergeContact(ctx, key, s.room, id, how))
		}}
	case step == 9:
		return deedOf{name("delete(%s)", id), func(h *commands.Handler, _ *trio) error { return second(h.DeleteContact(ctx, key, s.room, id)) }}
	case step <= 12:
		edit := mail(rapid.SampledFrom(addresses).Draw(t, "address"))
		return deedOf{name("edit(%s, %v)", id, edit.Fields), func(h *commands.Handler, _ *trio) error {
			return second(h.EditContact(ctx, key, s.room, id, edit))
		}}
	case step == 13:
		of := fmt.Sprint(rapid.IntRange(0, 4).Draw(t, "of"))
		return deedOf{name("hear(%s)", of), func(h *commands.Handler, _ *trio) error {
			return second(h.Hear(ctx, key, s.room, commands.Inbound{Message: "m" + "essage", Channel: "chat", Identity: of}))
		}}
	case step == 14:
		cmd := commands.MergeMany{Choices: map[contact.ID]map[string]contact.Choice{}}
		for _, one := range s.ids {
			if one != id && len(cmd.Absorb) < 2 {
				cmd.Absorb, cmd.Choices[one] = append(cmd.Absorb, one), keeping.Choices
			}
		}
		return deedOf{name("merge many(%s, %v)", id, cmd.Absorb), func(h *commands.Handler, _ *trio) error {
			return third(h.MergeMany(ctx, key, s.room, id, cmd))
		}}
	case step == 15:
		how := rapid.SampledFrom([]commands.Parting{{}, moving, {Resolutions: map[string]commands.Resolution{"email": commands.LeaveOff}}}).Draw(t, "how")
		return deedOf{name("undo a batch %+v", how.Resolutions), func(h *commands.Handler, _ *trio) error {
			var batch contact.MergeID
			var ids []contact.ID
			for _, r := range s.journal.All(0) { // the first, undone or not
				if e, is := r.Event.(contact.Merged); is && e.Batch != "" && (batch == "" || e.Batch == batch) {
					if batch = e.Batch; !slices.Contains(ids, contact.KeyOf(r.Stream).ID) {
						ids = append(ids, contact.KeyOf(r.Stream).ID)
					}
				}
			}
			if len(ids) < 2 {
				return nil
			}
			return second(h.UndoMerge(ctx, key, s.room, batch, ids, how))
		}}
	default:
		edit := contact.Edit{Link: []contact.Identity{{Channel: "chat", Of: fmt.Sprint(rapid.IntRange(0, 4).Draw(t, "of"))}}}
		return deedOf{name("link(%s, %v)", id, edit.Link), func(h *commands.Handler, _ *trio) error {
			return second(h.EditContact(ctx, key, s.room, id, edit))
		}}
	}
}

func (s *players) play(t *rapid.T, d deedOf, h *commands.Handler) {
	err := d.do(h, s.trio)
	var refused *domain.Refusal
	t.Logf("%s: %v", d.name, err)
	if err != nil && !errors.As(err, &refused) && !errors.Is(err, journaltest.ErrKilled) {
		t.Fatalf("%s: %v", d.name, err)
	}
}

// actor is a process that waits for its turn before it reads or appends.
type actor struct {
	commands.Journal
	name  string
	reads bool
	at    chan string
	turn  chan struct{}
	err   error
}

func (a *actor) Read(ctx context.Context, s domain.Stream, from uint64) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		if c := s.Category(); a.reads && c != "process" && c != "space" {
			a.at <- "read " + string(s)
			<-a.turn
		}
		var all []domain.Recorded
		for r, err := range a.Journal.Read(ctx, s, from) {
			if err != nil {
				yield(r, err)
				return
			}
			all = append(all, r)
		}
		for _, r := range all {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (a *actor) Append(ctx context.Context, s domain.Stream, length uint64, by domain.By, events ...domain.Event) (domain.Position, error) {
	a.at <- "append " + events[0].Kind()
	<-a.turn
	return a.Journal.Append(ctx, s, length, by, events...)
}

func (s *players) acts(t *rapid.T, d deedOf, f journaltest.Fault, reads bool) *actor {
	h, m := s.process(f)
	a := &actor{Journal: m, name: d.name, reads: reads, at: make(chan string), turn: make(chan struct{})}
	h.Journal = a
	go func() {
		a.err = d.do(h, s.trio)
		close(a.at)
	}()
	return a
}

// conduct lets the actors go on one after the other.
func conduct(t *rapid.T, all []*actor) {
	waits := map[*actor]bool{}
	over := map[*actor]bool{}
	for len(over) < len(all) {
		for _, a := range all {
			if over[a] || waits[a] {
				continue
			}
			what, goesOn := <-a.at
			if waits[a] = goesOn; !goesOn {
				over[a] = true
				t.Logf("%s is over: %v", a.name, a.err)
				var refused *domain.Refusal
				if a.err != nil && !errors.As(a.err, &refused) && !strings.Contains(a.err.Error(), journaltest.ErrKilled.Error()) {
					defer t.Fatalf("%s: %v", a.name, a.err)
				}
			}
			_ = what
		}
		var ready []*actor
		for _, a := range all {
			if waits[a] {
				ready = append(ready, a)
			}
		}
		if len(ready) == 0 {
			continue
		}
		next := ready[0]
		if len(ready) > 1 {
			next = rapid.SampledFrom(ready).Draw(t, "next")
		}
		waits[next] = false
		next.turn <- struct{}{}
	}
}

func (s *players) check(t *rapid.T, began int) {
	h, _ := s.process(never)
	leads := map[contact.ID]contact.ID{}
	for _, id := range s.ids {
		root, err := h.Leads(context.Background(), s.room, id)
		if err != nil {
			t.Fatalf("%s leads nowhere: %v", id, err)
		}
		leads[id] = root
	}
	told, ids := families(s.journal, s.room.ID)
	for id, root := range leads {
		gone := errors.Is(h.Stands(context.Background(), s.room, root), contact.ErrDeleted)
		if gone != (told.Own(id).Deleted > 0) {
			t.Fatalf("%s is deleted by commands: %v, by the journal at %d\n%s", id, gone, told.Own(id).Deleted, s.tell())
		}
		if !gone && (told.Root(id) != root || told.Own(root).Merge.Into != "") {
			t.Fatalf("%s leads to %s by commands and to %s by the journal\n%s", id, root, told.Root(id), s.tell())
		}
	}
	if twice := s.twice(s.room.ID, space.DefaultUnique); twice != "" {
		t.Fatalf("%s\n%s", twice, s.tell())
	}
	all := s.journal.All(0)
	kin := kinOf(all)
	for n := began; n <= len(all); n++ {
		whole, at := familyIn(all[:n], s.room.ID), domain.Position(0)
		if n > 0 {
			at = all[n-1].Position
		}
		for _, id := range ids {
			if whole.Own(id).Created.IsZero() {
				continue
			}
			was, _, err := h.AsOf(context.Background(), s.room, id, kin(id), commands.Until{}.UpTo(at))
			if err != nil {
				t.Fatal(err)
			}
			a, b := whole.Told(id), was.Told(id)
			if whole.Root(id) != was.Root(id) || (a.Deleted > 0) != (b.Deleted > 0) || !maps.Equal(a.Fields(), b.Fields()) || !slices.Equal(a.Identities(), b.Identities()) || a.Void != b.Void {
				t.Fatalf("as of %d %s is %v of %s, and was %v of %s\n%s", at, id, b.Fields(), was.Root(id), a.Fields(), whole.Root(id), s.tell())
			}
		}
	}
}

func familyIn(all []domain.Recorded, in space.ID) (f contact.Family) {
	for _, r := range all {
		if c := r.Stream.Category(); contact.KeyOf(r.Stream).Space == in && (c == "contact" || c == "conversation") {
			f.Tell(r)
		}
	}
	return f
}

// kinOf is who was ever one with a contact, by merges that counted.
func kinOf(all []domain.Recorded) func(contact.ID) []contact.ID {
	var f contact.Family
	with := map[contact.ID]map[contact.ID]bool{}
	for _, r := range all {
		if c := r.Stream.Category(); c != "contact" && c != "conversation" {
			continue
		}
		f.Tell(r)
		id := contact.KeyOf(r.Stream).ID
		if e, is := r.Event.(contact.Merged); is && f.Own(id).Merge.At == r.Position {
			for _, two := range [][2]contact.ID{{id, e.Survivor}, {e.Survivor, id}} {
				if with[two[0]] == nil {
					with[two[0]] = map[contact.ID]bool{}
				}
				with[two[0]][two[1]] = true
			}
		}
	}
	return func(id contact.ID) []contact.ID {
		ids := []contact.ID{id}
		for i := 0; i < len(ids); i++ {
			for other := range with[ids[i]] {
				if !slices.Contains(ids, other) {
					ids = append(ids, other)
				}
			}
		}
		return ids
	}
}

func (s *players) tell() (text string) {
	for _, r := range s.journal.All(0) {
		if c := r.Stream.Category(); c == "contact" || c == "process" || c == "identifier" || c == "conversation" {
			text += fmt.Sprintf("%d %s %s %.150s key=%s\n", r.Position, r.Stream, r.Kind(), fmt.Sprintf("%+v", r.Event), r.By.Key)
		}
	}
	return text
}
