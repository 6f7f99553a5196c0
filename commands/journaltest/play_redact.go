package journaltest

import (
	"errors"
	"fmt"

	"pgregory.net/rapid"

	"skein/commands"
)

// redact redacts some stream, perhaps after an attempt that was cut off.
func (p *play) redact(t *rapid.T) {
	s := p.stream(t)
	history := p.of(s)
	closed := p.closed[s] || rapid.IntRange(0, 3).Draw(t, "closed") == 0
	least, most := max(p.told[s], 1), len(history)
	if !closed {
		most--
	}
	if most < least {
		return
	}
	events := rapid.IntRange(least, most).Draw(t, "events")
	told := history[:events]
	p.said++
	for i := range told {
		if rapid.IntRange(0, 2).Draw(t, "scrubbed") > 0 {
			told[i].Event = names(fmt.Sprint("redacted ", p.said))
		}
	}
	tombstoned, moved := p.ended[s], closed && events < len(history)
	if steps := rapid.IntRange(0, 60).Draw(t, "steps"); steps%2 == 1 && !tombstoned && !moved {
		if p.Redact(CutOff(p.ctx, steps/2), s, told, closed) != nil && p.Scavenge != nil && steps%3 == 0 {
			p.scavenge(t)
		}
	}
	err := p.Redact(p.ctx, s, told, closed)
	switch {
	case tombstoned:
		if !errors.Is(err, p.Deleted) {
			t.Fatalf("redacted a deleted stream: %v", err)
		}
		return
	case moved:
		if !errors.Is(err, commands.ErrMovedOn) {
			t.Fatalf("closed %d events of %d: %v, want ErrMovedOn", events, len(history), err)
		}
		return
	case err != nil:
		t.Fatal(err)
	}
	p.closed[s], p.told[s] = closed, events
	for i, r := range p.list {
		if r.Stream == s && r.Revision < uint64(events) {
			p.list[i].Event = told[r.Revision].Event
		}
	}
}

func (p *play) scavenge(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "mercy") > 0 {
		return
	}
	if err := p.Scavenge(p.ctx); err != nil {
		t.Fatal(err)
	}
}
