package commands

import (
	"sync"

	"skein/domain"
)

// verdicts are what was found out about events by their places. What came before an
// event never changes, so a verdict is found once; the zero verdicts know none.
type verdicts[V any] struct {
	mu    sync.Mutex
	known map[domain.Position]V
}

// on is the verdict on the event at a place, found out if it is not known.
func (v *verdicts[V]) on(at domain.Position, find func() (V, error)) (V, error) {
	v.mu.Lock()
	said, known := v.known[at]
	v.mu.Unlock()
	if known {
		return said, nil
	}
	said, err := find()
	if err != nil {
		return said, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.known == nil || len(v.known) >= rememberAt {
		v.known = map[domain.Position]V{}
	}
	v.known[at] = said
	return said, nil
}
