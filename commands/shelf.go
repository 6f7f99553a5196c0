package commands

import (
	"container/list"
	"sync"

	"skein/domain"
)

// Whatever is decided is decided on the whole history of a thing. What that comes to is
// kept at hand for things that were asked for lately, so that only what was recorded
// since has to be read, whoever recorded it: the state of a contact, of an identifier
// or of a conversation is a value that nobody writes into.

const (
	shelved  = 2048    // how many stories are kept at most
	shelfful = 1 << 17 // how many events they are told from, all together
)

// shelf is stories that were asked for lately. The zero shelf is empty.
type shelf struct {
	mu      sync.Mutex
	stories map[domain.Stream]*list.Element
	order   list.List // of shelvedStory, the one asked for last in front
	events  uint64
}

type shelvedStory struct {
	s      domain.Stream
	length uint64
	story  any // a story[S] of the stream's own S
}

// shelves reports whether stories of the stream are kept.
func shelves(s domain.Stream) bool {
	switch s.Category() {
	case "contact", "conversation", "identifier", "intake":
		return true
	}
	return false
}

// take is the story of a stream as it was kept; the zero story if it was not.
func take[S any](f *shelf, s domain.Stream) (told story[S]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if at, kept := f.stories[s]; kept {
		f.order.MoveToFront(at)
		told, _ = at.Value.(shelvedStory).story.(story[S])
	}
	return told
}

// keep keeps a story as long as there is room for it.
func keep[S any](f *shelf, s domain.Stream, told story[S]) {
	if !shelves(s) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if at, kept := f.stories[s]; kept {
		f.drop(at)
	}
	if told.length > shelfful {
		return
	}
	if f.stories == nil {
		f.stories = map[domain.Stream]*list.Element{}
	}
	f.stories[s] = f.order.PushFront(shelvedStory{s, told.length, told})
	f.events += told.length
	for len(f.stories) > shelved || f.events > shelfful {
		f.drop(f.order.Back())
	}
}

// leave forgets the story of a stream that is no more.
func (f *shelf) leave(s domain.Stream) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if at, kept := f.stories[s]; kept {
		f.drop(at)
	}
}

// clear forgets all stories.
func (f *shelf) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stories, f.events = nil, 0
	f.order.Init()
}

func (f *shelf) drop(at *list.Element) {
	gone := f.order.Remove(at).(shelvedStory)
	delete(f.stories, gone.s)
	f.events -= gone.length
}
