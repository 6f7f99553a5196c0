package commands

import (
	"context"
	"slices"
	"sync"

	"skein/domain"
	"skein/domain/contact"
)

// rememberRetold is how many merges are remembered with what they led to.
const rememberRetold = 64

// Retold is what merges and their undoing led to. Everybody who follows a space is told
// of a merge at the same time: histories are read once for all of them. Kin is set before
// its first use.
type Retold struct {
	Kin Kin

	mu     sync.Mutex
	lately map[domain.Position]*telling
	order  []domain.Position // of lately, the oldest first
}

// telling is what somebody works out, or has worked out. It stands once it is done.
type telling struct {
	taken uint64 // how often something had been taken out of histories when it was begun
	done  chan struct{}
	after Aftermath
	err   error
}

// after is what a change led to, worked out by whoever asks first. If that one fails,
// be it because nobody waits for it any more, the next one tries.
func (r *Retold) after(ctx context.Context, h *Handler, in Room, c Change) (Aftermath, error) {
	if survivorOf(c.Event) == "" {
		return Aftermath{}, nil
	}
	for {
		one, mine := r.take(c.Position, h.taken.Load())
		if mine {
			one.after, one.err = r.tell(ctx, h, in, c)
			if one.err != nil {
				r.drop(c.Position, one)
			}
			close(one.done)
			return one.after, one.err
		}
		select {
		case <-one.done:
			if one.err == nil {
				return one.after, nil
			}
		case <-ctx.Done():
			return Aftermath{}, ctx.Err()
		}
	}
}

// take is the telling of what is at a position, and whether the one who asks has to do it.
func (r *Retold) take(at domain.Position, taken uint64) (one *telling, mine bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if one, known := r.lately[at]; known && one.taken == taken {
		return one, false
	} else if known {
		r.order = slices.DeleteFunc(r.order, func(p domain.Position) bool { return p == at })
	}
	if r.lately == nil {
		r.lately = map[domain.Position]*telling{}
	}
	if len(r.order) >= rememberRetold {
		delete(r.lately, r.order[0])
		r.order = slices.Delete(r.order, 0, 1)
	}
	one = &telling{taken: taken, done: make(chan struct{})}
	r.lately[at], r.order = one, append(r.order, at)
	return one, true
}

func (r *Retold) drop(at domain.Position, one *telling) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lately[at] != one {
		return // it is told anew
	}
	delete(r.lately, at)
	r.order = slices.DeleteFunc(r.order, func(p domain.Position) bool { return p == at })
}

// tell replays all who were ever one with the contact, up to the change.
func (r *Retold) tell(ctx context.Context, h *Handler, in Room, c Change) (Aftermath, error) {
	kin, err := r.Kin(ctx, in.ID, c.Contact, c.Position)
	if err != nil {
		return Aftermath{}, err
	}
	a := h.annals(ctx, in, kin, Until{}.UpTo(c.Position))
	defer a.close()
	family, _, err := a.tell(c.Contact)
	if err != nil {
		return Aftermath{}, err
	}
	ids := []contact.ID{c.Contact}
	for id := survivorOf(c.Event); id != ""; id = family.Own(id).Merge.Into {
		ids = append(ids, id)
	}
	return Aftermath{ids, family}, nil
}

// survivorOf is the survivor of which a merge or its undoing tells, none for all else.
func survivorOf(e domain.Event) contact.ID {
	switch e := e.(type) {
	case contact.Merged:
		return e.Survivor
	case contact.Unmerged:
		return e.Survivor
	}
	return ""
}
