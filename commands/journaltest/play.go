package journaltest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/commands"
	"skein/domain"
)

// Played is a journal to be played with, and what it can do beside.
type Played struct {
	commands.Journal

	// All yields everything recorded after a position, and End is that of the last.
	All func(ctx context.Context, after domain.Position) iter.Seq2[domain.Recorded, error]
	End func(ctx context.Context) (domain.Position, error)

	// Tombstone deletes a stream for ever, if journals of this kind can do that. To
	// whatever is asked of the stream then, the answer is Deleted.
	Tombstone func(ctx context.Context, s domain.Stream) error
	Deleted   error

	// Redact has a stream told otherwise, if journals of this kind can do that, and
	// Scavenge takes what is not told any more out of the journal.
	Redact   func(ctx context.Context, s domain.Stream, told []domain.Recorded, closed bool) error
	Scavenge func(ctx context.Context) error
}

// Play does to a journal whatever comes to mind, and sees that it answers as a list of
// events would. Nobody else may write to the journal meanwhile; what it has before does
// not matter.
func Play(t *testing.T, open func(t *rapid.T) Played) {
	rapid.Check(t, func(t *rapid.T) {
		p := &play{Played: open(t), ctx: t.Context(), ended: map[domain.Stream]bool{}, closed: map[domain.Stream]bool{}, told: map[domain.Stream]int{}}
		began, err := p.End(p.ctx)
		if err != nil {
			t.Fatal(err)
		}
		p.began = began
		actions := map[string]func(*rapid.T){
			"append":      p.append,
			"append more": p.append,
			"read":        p.read,
			"read all":    p.readAll,
			"":            p.checkEnd,
		}
		if p.Tombstone != nil {
			actions["tombstone"] = p.tombstone
		}
		if p.Redact != nil {
			actions["redact"] = p.redact
		}
		if p.Scavenge != nil {
			actions["scavenge"] = p.scavenge
		}
		t.Repeat(actions)
	})
}

// play is a journal and the list that it ought to be.
type play struct {
	Played
	ctx   context.Context
	began domain.Position // where the list begins
	list  []domain.Recorded
	ended map[domain.Stream]bool
	said  int

	closed map[domain.Stream]bool // by a redaction
	told   map[domain.Stream]int  // how many events were redacted
}

var streams = rapid.SampledFrom([]domain.Stream{"ada", "eve", "lord"})

// stream is one of those of this play, which no other has.
func (p *play) stream(t *rapid.T) domain.Stream {
	return domain.StreamOf("contact", fmt.Sprint(p.began), string(streams.Draw(t, "stream")))
}

// of is what the list has of a stream.
func (p *play) of(s domain.Stream) (history []domain.Recorded) {
	for _, r := range p.list {
		if r.Stream == s {
			history = append(history, r)
		}
	}
	return history
}

func (p *play) append(t *rapid.T) {
	s := p.stream(t)
	length := uint64(len(p.of(s)))
	at := rapid.SampledFrom([]uint64{length, length, length, length + 1, max(length, 1) - 1, 0}).Draw(t, "length")
	who := domain.By{Actor: domain.Actor(rapid.StringMatching(`[a-z]{1,5}`).Draw(t, "by")), Request: fmt.Sprint("r-", len(p.list))}
	var events []domain.Event
	for range rapid.IntRange(0, 3).Draw(t, "events") {
		p.said++
		events = append(events, names(fmt.Sprint(rapid.String().Draw(t, "name"), p.said)))
	}
	end, err := p.Append(p.ctx, s, at, who, events...)
	switch {
	case p.ended[s] || p.closed[s]:
		if !errors.Is(err, p.Deleted) {
			t.Fatalf("appended to a deleted stream: %v", err)
		}
		return
	case at != length:
		if !errors.Is(err, commands.ErrMovedOn) {
			t.Fatalf("at %d of %d: %v, want ErrMovedOn", at, length, err)
		}
		return
	case err != nil:
		t.Fatal(err)
	}
	for i, e := range events {
		r := domain.Recorded{Event: e, Stream: s, Revision: length + uint64(i), Moment: domain.Moment{By: who}}
		p.list = append(p.list, r)
	}
	p.learn(t)
	if len(events) > 0 && end != p.list[len(p.list)-1].Position {
		t.Fatalf("appended at %d, kept at %d", end, p.list[len(p.list)-1].Position)
	}
}

// learn takes over where and when the journal has recorded what is new in the list.
func (p *play) learn(t *rapid.T) {
	after, known := p.began, slices.IndexFunc(p.list, func(r domain.Recorded) bool { return r.Position == 0 })
	if known < 0 {
		return
	}
	if known > 0 {
		after = p.list[known-1].Position
	}
	found := p.after(t, after)
	if len(found) != len(p.list)-known {
		t.Fatalf("after %d there are %v, want %v", after, found, p.list[known:])
	}
	for i, r := range found {
		if r.Position <= after || r.At.IsZero() {
			t.Fatalf("recorded after %d: %+v", after, r)
		}
		after = r.Position
		p.list[known+i].Position, p.list[known+i].At = r.Position, r.At
	}
}

// after is everything that the journal has after a position.
func (p *play) after(t *rapid.T, at domain.Position) []domain.Recorded {
	return p.standing(collect(t, p.All(p.ctx, at)))
}

// standing is what is left of a list without the streams that were tombstoned: their
// events may be there or not.
func (p *play) standing(list []domain.Recorded) []domain.Recorded {
	return slices.DeleteFunc(slices.Clone(list), func(r domain.Recorded) bool { return p.ended[r.Stream] })
}

func collect(t *rapid.T, events iter.Seq2[domain.Recorded, error]) (found []domain.Recorded) {
	for r, err := range events {
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, r)
	}
	return found
}

func (p *play) read(t *rapid.T) {
	s := p.stream(t)
	if p.ended[s] {
		for _, err := range p.Read(p.ctx, s, 0) {
			if !errors.Is(err, p.Deleted) {
				t.Fatalf("read a deleted stream: %v", err)
			}
		}
		return
	}
	history := p.of(s)
	from := rapid.Uint64Range(0, uint64(len(history))+2).Draw(t, "from")
	p.same(t, history[min(from, uint64(len(history))):], collect(t, p.Read(p.ctx, s, from)))
}

func (p *play) readAll(t *rapid.T) {
	after := rapid.IntRange(0, len(p.list)).Draw(t, "after")
	at := p.began
	if after > 0 {
		at = p.list[after-1].Position
	}
	p.same(t, p.standing(p.list[after:]), p.after(t, at))
}

func (p *play) same(t *rapid.T, want, got []domain.Recorded) {
	if len(want) != len(got) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if diff := cmp.Diff(want[i], got[i]); diff != "" {
			t.Fatal(diff)
		}
	}
}

func (p *play) tombstone(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "mercy") > 0 {
		return
	}
	s := p.stream(t)
	if err := p.Tombstone(p.ctx, s); err != nil {
		t.Fatal(err)
	}
	p.ended[s] = true
}

// checkEnd sees that the journal ends no sooner than what was recorded.
func (p *play) checkEnd(t *rapid.T) {
	end, err := p.End(p.ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.list) > 0 && end < p.list[len(p.list)-1].Position {
		t.Fatalf("ends at %d, before %d", end, p.list[len(p.list)-1].Position)
	}
}
