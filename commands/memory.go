package commands

import (
	"context"
	"sync"
	"time"

	"skein/domain"
)

// Every command asks who its sender is and what its space allows. That changes
// rarely, so it is remembered instead of being read each time: exactly for what
// this process writes itself, and for at most a second for what others write.

const (
	trusted    = time.Second // how long a story is believed without a look at the journal
	rememberAt = 4096        // how many stories are remembered at most
)

// memory is the stories that are remembered. The zero memory is empty.
type memory struct {
	mu      sync.Mutex
	stories map[domain.Stream]remembered
	writes  uint64 // how often something was forgotten
}

type remembered struct {
	story any // a story[S] of the stream's own S
	at    time.Time
}

// recall is the story of a stream as it is remembered, or else as it is loaded.
func recall[S any, E domain.Event](ctx context.Context, h *Handler, s domain.Stream, evolve func(S, E, domain.Moment) S) (story[S], error) {
	now := h.Now()
	h.memory.mu.Lock()
	known, writes := h.memory.stories[s], h.memory.writes
	h.memory.mu.Unlock()
	if told, ok := known.story.(story[S]); ok && now.Sub(known.at) < trusted {
		return told, nil
	}
	told, err := load(ctx, h, s, evolve)
	if err != nil || told.length == 0 {
		return told, err
	}
	h.memory.mu.Lock()
	defer h.memory.mu.Unlock()
	if h.memory.writes != writes {
		return told, nil // something was written while it was read
	}
	if h.memory.stories == nil || len(h.memory.stories) >= rememberAt {
		h.memory.stories = map[domain.Stream]remembered{}
	}
	h.memory.stories[s] = remembered{told, now}
	return told, nil
}

// forget makes the next recall look at the journal. It is called when something
// may have been written.
func (m *memory) forget(s domain.Stream) {
	switch s.Category() {
	case "credential", "organization", "space":
	default:
		return // never recalled
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.writes++
	delete(m.stories, s)
}
