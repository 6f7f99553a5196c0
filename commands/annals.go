package commands

import (
	"context"
	"iter"
	"slices"
	"sync"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
)

const (
	readers  = 8       // how many histories are read at the same time
	held     = 1 << 16 // events that are held of all histories, if there are not too many of these
	mostPage = 4096    // events of a history that are read at once, at most
	page     = 64      // and at least, unless there are no more
)

// annals are the histories of contacts and of their conversations, as one and as far as
// until allows. They are told while they are read: of each history one page is ahead of
// what is told.
type annals struct {
	ids    []contact.ID
	until  Until
	events func(s domain.Stream, from uint64) iter.Seq2[domain.Recorded, error]
	page   int
	stop   context.CancelCauseFunc
	away   sync.WaitGroup

	mu     sync.Mutex
	news   sync.Cond // for who tells them
	work   sync.Cond // for those who read them
	parts  []part    // two for each contact
	wanted []int     // those to be read on
	closed bool
	err    error
}

// part is one of the histories.
type part struct {
	stream domain.Stream
	next   uint64            // revision behind what was read
	page   []domain.Recorded // read and not told yet
	read   bool              // up to date with what is wanted of it
	began  bool
	over   bool
}

// annals begins to read histories. Whoever asks for them closes them.
func (h *Handler) annals(ctx context.Context, in Room, ids []contact.ID, until Until) *annals {
	ctx, stop := context.WithCancelCause(ctx)
	a := &annals{
		ids: ids, until: until, stop: stop, parts: make([]part, 2*len(ids)), wanted: make([]int, 2*len(ids)),
		events: func(s domain.Stream, from uint64) iter.Seq2[domain.Recorded, error] { return h.reread(ctx, s, from) },
	}
	a.page = min(mostPage, max(page, held/max(1, len(a.parts))))
	a.news.L, a.work.L = &a.mu, &a.mu
	for i := range a.parts {
		key := contact.Key{Space: in.ID, ID: ids[i/2]}
		a.parts[i].stream, a.wanted[i] = []domain.Stream{key.Stream(), conversation.Stream(key)}[i%2], i
	}
	for range min(readers, len(a.parts)) {
		a.away.Go(a.readOn)
	}
	return a
}

// close returns once nothing is read any more.
func (a *annals) close() {
	a.stop(nil)
	a.mu.Lock()
	a.closed = true
	a.work.Broadcast()
	a.mu.Unlock()
	a.away.Wait()
}

// readOn reads what is wanted, one page after the other. It waits for nothing else, for
// what is told next is known only once something of each history was read.
func (a *annals) readOn() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for {
		for len(a.wanted) == 0 && !a.closed {
			a.work.Wait()
		}
		if a.closed {
			return
		}
		p := &a.parts[a.wanted[0]]
		a.wanted = a.wanted[1:]
		was := *p
		a.mu.Unlock()
		next, err := a.readPage(was)
		a.mu.Lock()
		*p = next
		if err != nil && a.err == nil {
			a.err = unreadable(p.stream, err)
			a.stop(a.err)
		}
		a.news.Signal()
	}
}

// readPage is a history after its next page was read.
func (a *annals) readPage(p part) (part, error) {
	p.page, p.read = nil, true
	for r, err := range a.events(p.stream, p.next) {
		if err != nil {
			p.over = true
			return p, err
		}
		p.began, p.next = true, r.Revision+1
		if a.until.past(r.Moment) {
			break
		}
		if a.until.has(r.Moment) {
			p.page = append(p.page, r)
		}
		if len(p.page) == a.page {
			return p, nil
		}
	}
	p.over = true
	return p, nil
}

// next waits for the next page of a history and has the one behind it read. It is empty
// once the history is over.
func (a *annals) next(i int) ([]domain.Recorded, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := &a.parts[i]
	for !p.read && a.err == nil {
		a.news.Wait()
	}
	if a.err != nil {
		return nil, a.err
	}
	events := p.page
	p.page = nil
	if !p.over {
		p.read, a.wanted = false, append(a.wanted, i)
		a.work.Signal()
	}
	return events, nil
}

// tell tells all of it, and where the last event is that changed a contact.
func (a *annals) tell(id contact.ID) (told *contact.Family, last domain.Position, err error) {
	told = &contact.Family{}
	for r, err := range a.all() {
		if err != nil {
			return nil, 0, err
		}
		if _, marks := r.Event.(conversation.Redacted); marks {
			continue // which changes nothing
		}
		concerned := told.Concerned(r)
		part := func(one contact.ID) bool { return told.Holds(id, one) }
		was := slices.ContainsFunc(concerned, part)
		told.Tell(r)
		if was || slices.ContainsFunc(concerned, part) {
			last = r.Position
		}
	}
	return told, last, nil
}

// begun reports whether anything ever happened to a contact, once all was told.
func (a *annals) begun(id contact.ID) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.Index(a.ids, id)
	return i >= 0 && a.parts[2*i].began
}
