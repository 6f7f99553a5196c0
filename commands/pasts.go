package commands

import (
	"container/list"
	"context"
	"iter"
	"sync"
	"time"

	"skein/domain"
)

// Whoever looks at a contact as it was looks at other times of it next. Long histories
// that were read lately are kept at hand for a while, as far as they were read: what was
// recorded does not change, so only what has come since is to be read, unless something was
// taken out of histories since, of which [Handler.Forget] hears. Nothing is kept for longer
// than a minute after it was begun to be read.

const (
	keptPasts = 1 << 15     // how many events are kept at most, of all histories
	longPast  = 512         // how many a history has at least to be kept
	pastFor   = time.Minute // how long it is kept
)

// pasts are the beginnings of histories that were read lately. The zero pasts are none.
type pasts struct {
	mu      sync.Mutex
	stories map[domain.Stream]*list.Element
	order   list.List // of past, the one read last in front
	events  int
}

type past struct {
	s      domain.Stream
	events []domain.Recorded // from the first one on; nobody writes into them
	since  time.Time
	taken  uint64 // how often something had been taken out of histories by then
}

// reread is Journal.Read for histories that may have been read lately.
func (h *Handler) reread(ctx context.Context, s domain.Stream, from uint64) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		taken := h.taken.Load()
		known := h.pasts.from(s, from, time.Now(), taken)
		for _, r := range known {
			if !yield(r, nil) {
				return
			}
		}
		var news []domain.Recorded
		defer func() { h.pasts.add(s, news, time.Now(), taken) }()
		for r, err := range h.Journal.Read(ctx, s, from+uint64(len(known))) {
			if err != nil {
				h.pasts.forget(s)
				yield(domain.Recorded{}, err)
				return
			}
			news = append(news, r)
			if !yield(r, nil) {
				return
			}
		}
	}
}

// from is what is known of a stream from a revision on.
func (c *pasts) from(s domain.Stream, revision uint64, now time.Time, taken uint64) []domain.Recorded {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, kept := c.stories[s]
	if !kept {
		return nil
	}
	story := at.Value.(past)
	if story.taken != taken || now.Sub(story.since).Abs() > pastFor {
		c.drop(at)
		return nil
	}
	c.order.MoveToFront(at)
	return story.events[min(revision, uint64(len(story.events))):]
}

// add adds a page of a stream, if it goes on where what is known ends, or begins what is
// long enough.
func (c *pasts) add(s domain.Stream, page []domain.Recorded, now time.Time, taken uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	story := past{s: s, since: now, taken: taken}
	at, kept := c.stories[s]
	if kept {
		story = at.Value.(past)
	}
	if len(page) == 0 || story.taken != taken || page[0].Revision != uint64(len(story.events)) || !kept && len(page) < longPast {
		return
	}
	if kept {
		c.drop(at)
	}
	story.events = append(story.events, page...)
	if len(story.events) > keptPasts {
		return
	}
	if c.stories == nil {
		c.stories = map[domain.Stream]*list.Element{}
	}
	c.stories[s] = c.order.PushFront(story)
	c.events += len(story.events)
	for c.events > keptPasts {
		c.drop(c.order.Back())
	}
}

// forget forgets a stream.
func (c *pasts) forget(s domain.Stream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at, kept := c.stories[s]; kept {
		c.drop(at)
	}
}

func (c *pasts) drop(at *list.Element) {
	gone := c.order.Remove(at).(past)
	delete(c.stories, gone.s)
	c.events -= len(gone.events)
}
