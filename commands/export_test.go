package commands

import (
	"context"

	"skein/domain"
	"skein/domain/process"
)

// Within is for tests.
var Within = within

// Course is for tests, and so is whatever follows.
type Course[A any] = course[A]

func CourseOf[A any](what process.What, steps, back func(context.Context, domain.By, Room, A) error) Course[A] {
	return Course[A]{what, steps, back}
}

func Run[A any](ctx context.Context, h *Handler, by domain.By, in Room, c Course[A], asked A) (domain.Position, error) {
	return run(ctx, h, by, in, c, asked)
}

func ResumeAs[A any](ctx context.Context, h *Handler, key process.Key, c Course[A]) (process.Outcome, error) {
	return h.resume(ctx, key, c.way())
}

var StepBy = step

// Load is a story as a handler tells it, and how long its stream is.
func Load[S any, E domain.Event](ctx context.Context, h *Handler, s domain.Stream, evolve func(S, E, domain.Moment) S) (S, uint64, error) {
	told, err := load(ctx, h, s, evolve)
	return told.state, told.length, err
}

// Shelved is how many stories a handler keeps, and how many events they are told from.
func (h *Handler) Shelved() (stories int, events uint64) {
	h.shelf.mu.Lock()
	defer h.shelf.mu.Unlock()
	for at := h.shelf.order.Front(); at != nil; at = at.Next() {
		stories++
		events += at.Value.(shelvedStory).length
	}
	if stories != len(h.shelf.stories) || events != h.shelf.events {
		return -1, 0
	}
	return stories, events
}

const (
	MostShelved = shelved
	Shelfful    = shelfful
)

// Keys are under which commands were carried out.
type Keys = keys

// Having is the keys and some more.
func (k keys) Having(more ...string) Keys {
	fresh := map[mark]keyed{}
	for _, key := range more {
		fresh[markOf(key)] = keyed{ask: markOf("")}
	}
	return k.with(fresh)
}

// Has reports whether something was carried out under a key.
func (k keys) Has(key string) bool {
	_, done, _ := story[bool]{keyed: k}.carriedOut(domain.By{Key: key})
	return done
}

// InTurn is how many bring a message to a space at this moment.
func (h *Handler) InTurn(in Room, m Inbound) int {
	h.turns.mu.Lock()
	defer h.turns.mu.Unlock()
	if q := h.turns.queues[string(in.ID)+" "+string(m.Message)]; q != nil {
		return q.many
	}
	return 0
}

// Hiding is what hides texts in a room.
func (h *Handler) Hiding(in Room) func(text string) string { return h.hiding(in) }
