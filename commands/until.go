package commands

import (
	"time"

	"skein/domain"
)

// Until says how far histories are told. The zero Until is as far as they go.
type Until struct {
	placed bool
	last   domain.Position
	timed  bool
	at     time.Time
}

// UpTo is until as far as a position, and no further than it was.
func (u Until) UpTo(last domain.Position) Until {
	if u.placed {
		last = min(u.last, last)
	}
	u.placed, u.last = true, last
	return u
}

// Till is until as far as a time.
func (u Until) Till(at time.Time) Until {
	u.timed, u.at = true, at
	return u
}

// has reports whether it goes as far as a moment.
func (u Until) has(m domain.Moment) bool {
	return !u.past(m) && (!u.timed || !m.At.After(u.at))
}

// past reports whether it goes neither as far as a moment nor as any later one. Times
// say nothing of that: clocks differ.
func (u Until) past(m domain.Moment) bool { return u.placed && m.Position > u.last }
