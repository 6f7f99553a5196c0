package commands

import (
	"container/list"
	"context"
	"iter"
	"sync"
	"time"

	"skein/domain"
	"skein/domain/conversation"
)

// Whoever looks at a contact as it was looks at other times of it next. Long histories
// that were read lately are kept at hand for a while, as far as they were read: what was
// recorded does not change, so only what has come since is to be read, unless something was
// taken out of histories since, of which [Handler.Forget] hears. Nothing is told from
// them for longer than a minute after they were begun to be read.

const (
	keptPasts = 1 << 24     // how many bytes are kept at most, of all histories
	leastSize = 512         // what an event counts at least
	longPast  = 512         // how many a history has at least to be kept
	pastFor   = time.Minute // how long it is kept
)

// pasts are the beginnings of histories that were read lately. The zero pasts are none.
type pasts struct {
	mu      sync.Mutex
	stories map[domain.Stream]*list.Element
	order   list.List // of past, the one read last in front
	size    int
}

type past struct {
	s      domain.Stream
	events []domain.Recorded // from the first one on; nobody writes into them
	size   int
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
	for at := c.order.Back(); at != nil; { // the few that are kept
		before := at.Prev()
		if now.Sub(at.Value.(past).since).Abs() > pastFor {
			c.drop(at)
		}
		at = before
	}
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
	for _, r := range page {
		story.size += leastSize + textIn(r.Event)
	}
	if c.stories == nil {
		c.stories = map[domain.Stream]*list.Element{}
	}
	c.stories[s] = c.order.PushFront(story)
	c.size += story.size
	for c.size > keptPasts {
		c.drop(c.order.Back())
	}
}

// textIn is how many bytes people wrote in what was said and done.
func textIn(e domain.Event) int {
	switch e := e.(type) {
	case conversation.MessageReceived:
		return len(e.Subject) + len(e.Text)
	case conversation.MessageSent:
		return len(e.Subject) + len(e.Text)
	case conversation.Commented:
		return len(e.Text)
	case conversation.EventNoted:
		size := 0
		for key, text := range e.Data {
			size += len(key) + len(text)
		}
		return size
	}
	return 0
}

// clear forgets all of it.
func (c *pasts) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stories, c.size = nil, 0
	c.order.Init()
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
	c.size -= gone.size
}
