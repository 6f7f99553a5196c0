package journaltest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"skein/commands"
	"skein/domain"
)

// ErrKilled is all that is heard of a journal once the process that used it is dead.
var ErrKilled = errors.New("the process was killed")

// Fault is where a process is killed: at its n-th append, counted from 1, just before
// or just after the events were recorded. The zero Fault kills nobody.
type Fault struct {
	Append int
	After  bool
}

func (f Fault) String() string {
	switch {
	case f.Append == 0:
		return "never"
	case f.After:
		return fmt.Sprintf("after append %d", f.Append)
	}
	return fmt.Sprintf("before append %d", f.Append)
}

// Faults are all the places at which a process that appends so many times can be
// killed, and last that it is not.
func Faults(appends int) iter.Seq[Fault] {
	return func(yield func(Fault) bool) {
		for n := 1; n <= appends; n++ {
			if !yield(Fault{n, false}) || !yield(Fault{n, true}) {
				return
			}
		}
		yield(Fault{})
	}
}

// Mortal is a journal as a process sees it that is killed at some time: from then on
// it can neither read nor append. Whoever comes after it takes another one on the same
// journal.
type Mortal struct {
	commands.Journal
	Fault Fault

	mu      sync.Mutex
	appends int
	dead    bool
}

// Read implements commands.Journal.
func (m *Mortal) Read(ctx context.Context, s domain.Stream, from uint64) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		for r, err := range m.Journal.Read(ctx, s, from) {
			if m.Dead() {
				r, err = domain.Recorded{}, ErrKilled
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
		if m.Dead() {
			yield(domain.Recorded{}, ErrKilled)
		}
	}
}

// Append implements commands.Journal. One append is made at a time.
func (m *Mortal) Append(ctx context.Context, s domain.Stream, length uint64, by domain.By, events ...domain.Event) (domain.Position, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return 0, ErrKilled
	}
	m.appends++
	m.dead = m.appends == m.Fault.Append
	if m.dead && !m.Fault.After {
		return 0, ErrKilled
	}
	at, err := m.Journal.Append(ctx, s, length, by, events...)
	if m.dead {
		return 0, ErrKilled
	}
	return at, err
}

// Appends is how many appends were tried.
func (m *Mortal) Appends() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.appends
}

// Dead reports whether the process was killed.
func (m *Mortal) Dead() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.dead
}
