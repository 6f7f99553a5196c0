package eventstore_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"skein/domain"
)

// What became of an operation.
type outcome string

const (
	took    outcome = "took effect"
	refused outcome = "was told that the stream has moved on"
	unknown outcome = "failed"
	looked  outcome = "read to the end"
)

// op is an operation on a stream that anyone has begun, and what became of it.
type op struct {
	tag    string
	stream domain.Stream
	length uint64 // where the stream was to end, or was seen to end
	events uint64 // that were to be added

	began, ended time.Duration // an operation that failed has no end: it may still take effect
	outcome      outcome
	at           domain.Position // of the last event, when it took effect
}

// linearizable returns an error unless there is an order of the operations on one
// stream in which each takes effect between its beginning and its end, and in which
// each answer is right: an append takes effect when the stream has the length it names
// and is refused when it has another, and a reading ends where the stream ends.
// Operations that failed and left nothing must not be among them.
//
// Since the events of the stream tell in which order the appends took effect, the
// search needs no backtracking: an operation that changes nothing is put in its place
// as soon as its answer is right, and an append when nothing else will do.
func linearizable(ops []op) error {
	type moment struct {
		at  time.Duration
		op  int
		end bool
	}
	var moments []moment
	var appends []int // in the order of their events
	for i, o := range ops {
		moments = append(moments, moment{o.began, i, false})
		if o.outcome != unknown {
			moments = append(moments, moment{o.ended, i, true})
		}
		if o.outcome == took || o.outcome == unknown {
			appends = append(appends, i)
		}
	}
	slices.SortFunc(moments, func(a, b moment) int {
		if a.at == b.at && a.end != b.end { // what touches is at the same time
			if a.end {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.at, b.at)
	})
	slices.SortFunc(appends, func(a, b int) int { return cmp.Compare(ops[a].length, ops[b].length) })

	length, open, placed := uint64(0), map[int]bool{}, make([]bool, len(ops))
	place := func(i int) { delete(open, i); placed[i] = true }
	for _, m := range moments {
		if !m.end {
			open[m.op] = true
			continue
		}
		for {
			for i := range open {
				o := ops[i]
				if o.outcome == looked && o.length == length || o.outcome == refused && o.length != length {
					place(i)
				}
			}
			if placed[m.op] {
				break
			}
			if len(appends) == 0 || !open[appends[0]] || ops[appends[0]].length != length {
				return fmt.Errorf("at length %d there is no place for %+v", length, ops[m.op])
			}
			length += ops[appends[0]].events
			place(appends[0])
			appends = appends[1:]
		}
	}
	return nil
}

// inOrder returns an error unless events that were recorded later are further on in
// the journal, on whatever stream.
func inOrder(ops []op) error {
	began := slices.Clone(ops)
	slices.SortFunc(began, func(a, b op) int { return cmp.Compare(a.began, b.began) })
	ended := slices.DeleteFunc(slices.Clone(ops), func(o op) bool { return o.outcome != took })
	slices.SortFunc(ended, func(a, b op) int { return cmp.Compare(a.ended, b.ended) })
	var last op // of those that had ended, the one furthest on
	for _, o := range began {
		for len(ended) > 0 && ended[0].ended < o.began {
			if ended[0].at > last.at {
				last = ended[0]
			}
			ended = ended[1:]
		}
		if (o.outcome == took || o.outcome == unknown) && o.at <= last.at {
			return fmt.Errorf("%+v is behind %+v", o, last)
		}
	}
	return nil
}

// The judge of the others is not blind.
func TestLinearizable(t *testing.T) {
	t.Parallel()
	add := func(length uint64, began, ended time.Duration) op {
		return op{length: length, events: 1, began: began, ended: ended, outcome: took, at: domain.Position(length + 1)}
	}
	answer := func(what outcome, length uint64, began, ended time.Duration) op {
		return op{length: length, began: began, ended: ended, outcome: what}
	}
	late := op{length: 1, events: 1, began: 1, outcome: unknown, at: 2}
	tests := map[string]struct {
		ops  []op
		want bool
	}{
		"OneByOne":         {[]op{add(0, 1, 2), add(1, 3, 4), add(2, 5, 6)}, true},
		"AtTheSameTime":    {[]op{add(0, 2, 5), add(1, 1, 4), add(2, 3, 6)}, true},
		"BackInTime":       {[]op{add(1, 1, 2), add(0, 3, 4)}, false},
		"Gap":              {[]op{add(0, 1, 2), add(2, 3, 4)}, false},
		"TwiceTheSame":     {[]op{add(0, 1, 2), add(0, 1, 2)}, false},
		"RightlyRefused":   {[]op{add(0, 1, 2), answer(refused, 0, 3, 4)}, true},
		"RefusedMeanwhile": {[]op{add(0, 1, 4), answer(refused, 1, 2, 3)}, true},
		"WronglyRefused":   {[]op{add(0, 1, 2), answer(refused, 1, 3, 4), add(1, 5, 6)}, false},
		"ReadMeanwhile":    {[]op{add(0, 1, 4), answer(looked, 0, 2, 3), answer(looked, 1, 2, 3)}, true},
		"StaleRead":        {[]op{add(0, 1, 2), answer(looked, 0, 3, 4)}, false},
		"ReadAhead":        {[]op{answer(looked, 1, 1, 2), add(0, 3, 4)}, false},
		"ReadsGoBack":      {[]op{add(0, 1, 9), answer(looked, 1, 2, 3), answer(looked, 0, 4, 5)}, false},
		"FailedAndLate":    {[]op{add(0, 2, 3), answer(looked, 1, 4, 5), late, answer(looked, 2, 6, 7)}, true},
		"RefusedByTheLate": {[]op{add(0, 2, 3), late, answer(refused, 1, 4, 5)}, true},
	}
	for name, test := range tests {
		if err := linearizable(test.ops); (err == nil) != test.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := inOrder([]op{add(1, 1, 2), add(0, 3, 4)}); err == nil {
		t.Error("positions may go back")
	}
}
