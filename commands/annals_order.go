package commands

import (
	"container/heap"
	"iter"

	"skein/domain"
)

// all yields the events of all histories in the order of the journal, once.
func (a *annals) all() iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		var open heads
		for i := range a.parts {
			events, err := a.next(i)
			if err != nil {
				yield(domain.Recorded{}, err)
				return
			}
			if len(events) > 0 {
				open = append(open, head{i, events})
			}
		}
		heap.Init(&open)
		for len(open) > 0 {
			first := &open[0]
			if !yield(first.events[0], nil) {
				return
			}
			if first.events = first.events[1:]; len(first.events) == 0 {
				var err error
				if first.events, err = a.next(first.part); err != nil {
					yield(domain.Recorded{}, err)
					return
				}
			}
			if len(first.events) == 0 {
				heap.Pop(&open)
			} else {
				heap.Fix(&open, 0)
			}
		}
	}
}

// heads are what comes next of each history that is not over, as a heap.
type heads []head

type head struct {
	part   int
	events []domain.Recorded
}

func (h heads) Len() int           { return len(h) }
func (h heads) Less(i, j int) bool { return h[i].events[0].Position < h[j].events[0].Position }
func (h heads) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *heads) Push(x any) { *h = append(*h, x.(head)) }

// Pop implements heap.Interface.
func (h *heads) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}
