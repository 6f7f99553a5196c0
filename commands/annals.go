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
	readers = 8   // how many histories are read at the same time
	page    = 256 // events that are handed over at once by the one who reads them
)

// annals are the histories of contacts and of their conversations, as one and as far as
// until allows. They are told while they are read.
type annals struct {
	ids   []contact.ID
	until func(domain.Moment) bool
	stop  context.CancelCauseFunc
	away  sync.WaitGroup

	mu    sync.Mutex
	news  sync.Cond
	parts []part // two for each contact
	err   error
}

// part is one of the histories.
type part struct {
	pages [][]domain.Recorded // read and not told yet
	began bool
	over  bool
}

// annals begins to read histories. Whoever asks for them closes them.
func (h *Handler) annals(ctx context.Context, in Room, ids []contact.ID, until func(domain.Moment) bool) *annals {
	ctx, stop := context.WithCancelCause(ctx)
	a := &annals{ids: ids, until: until, stop: stop, parts: make([]part, 2*len(ids))}
	a.news.L = &a.mu
	free := make(chan struct{}, readers)
	a.away.Go(func() {
		for i := range a.parts {
			free <- struct{}{}
			key := contact.Key{Space: in.ID, ID: ids[i/2]}
			s := []domain.Stream{key.Stream(), conversation.Stream(key)}[i%2]
			a.away.Go(func() {
				defer func() { <-free }()
				a.read(i, s, h.Journal.Read(ctx, s, 0))
			})
		}
	})
	return a
}

// close returns once nothing is read any more.
func (a *annals) close() {
	a.stop(nil)
	a.away.Wait()
}

// read reads one of the histories to its end.
func (a *annals) read(i int, s domain.Stream, events iter.Seq2[domain.Recorded, error]) {
	var next []domain.Recorded
	began := false
	hand := func(over bool, err error) {
		a.mu.Lock()
		defer a.mu.Unlock()
		p := &a.parts[i]
		if len(next) > 0 {
			p.pages = append(p.pages, next)
		}
		p.began, p.over, next = began, over, nil
		if err != nil && a.err == nil {
			a.err = unreadable(s, err)
			a.stop(a.err)
		}
		a.news.Signal()
	}
	for r, err := range events {
		if err != nil {
			hand(true, err)
			return
		}
		if began = true; !a.until(r.Moment) {
			continue
		}
		if next = append(next, r); len(next) == page {
			hand(false, nil)
		}
	}
	hand(true, nil)
}

// all yields the events of all histories in the order of the journal.
func (a *annals) all() iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		heads := make([][]domain.Recorded, len(a.parts))
		open := make([]int, len(a.parts))
		for i := range open {
			open[i] = i
		}
		for {
			if err := a.fill(heads, &open); err != nil {
				yield(domain.Recorded{}, err)
				return
			}
			if len(open) == 0 {
				return
			}
			first := open[0]
			for _, i := range open[1:] {
				if heads[i][0].Position < heads[first][0].Position {
					first = i
				}
			}
			r := heads[first][0]
			heads[first] = heads[first][1:]
			if !yield(r, nil) {
				return
			}
		}
	}
}

// tell tells all of it, and where the last event is that changed a contact.
func (a *annals) tell(id contact.ID) (told *contact.Family, last domain.Position, err error) {
	told = &contact.Family{}
	for r, err := range a.all() {
		if err != nil {
			return nil, 0, err
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

// fill waits until it is known of each open history what comes next, and takes those off
// open that are over.
func (a *annals) fill(heads [][]domain.Recorded, open *[]int) error {
	for _, i := range *open {
		if len(heads[i]) > 0 {
			continue
		}
		a.mu.Lock()
		p := &a.parts[i]
		for len(p.pages) == 0 && !p.over && a.err == nil {
			a.news.Wait()
		}
		if len(p.pages) > 0 {
			heads[i], p.pages = p.pages[0], p.pages[1:]
		}
		err := a.err
		a.mu.Unlock()
		if err != nil {
			return err
		}
	}
	*open = slices.DeleteFunc(*open, func(i int) bool { return len(heads[i]) == 0 })
	return nil
}

// begun reports whether anything ever happened to a contact, once all was told.
func (a *annals) begun(id contact.ID) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.Index(a.ids, id)
	return i >= 0 && a.parts[2*i].began
}
