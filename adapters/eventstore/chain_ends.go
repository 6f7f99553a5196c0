package eventstore

import "sync"

// remembersEnds is of how many streams at least the ends are remembered; of twice as
// many at most, in some 200 bytes each.
const remembersEnds = 8192

// ends are the last links of streams that were read or written lately. What is known of
// a stream with a length is true for ever; that of the greatest length is kept. The zero
// ends know nothing.
type ends struct {
	mu         sync.Mutex
	young, old map[string]end
}

// end is where a chain ends.
type end struct {
	length uint64 // of the stream
	link   link
}

// recall is the last link of a stream of a length, if it is remembered.
func (m *ends) recall(stream string, length uint64) (link, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known := m.known(stream)
	return known.link, length > 0 && known.length == length
}

// remember keeps what may be asked for next, and forgets what was not for long.
func (m *ends) remember(stream string, at end) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if known := m.known(stream); known.length > at.length {
		return
	}
	if len(m.young) >= remembersEnds {
		m.young, m.old = nil, m.young
	}
	if m.young == nil {
		m.young = map[string]end{}
	}
	m.young[stream] = at
}

func (m *ends) known(stream string) end {
	if at, is := m.young[stream]; is {
		return at
	}
	return m.old[stream]
}
