package eventnode

import (
	"strconv"
	"strings"
	"time"
)

// follow finds what a link points to: nil if that is gone. What does not read
// "revision@stream" is no link.
func (s *store) follow(link event, upTo uint64) (*event, bool, error) {
	number, name, ok := strings.Cut(string(link.Data), "@")
	if !ok {
		return nil, false, nil
	}
	revision, err := strconv.ParseInt(number, 10, 64)
	if err != nil || revision < 0 {
		return nil, false, nil
	}
	st, err := s.stream(name, upTo)
	if err != nil || st.tombstoned || !st.exists() {
		return nil, true, err
	}
	e, ok, err := s.event(st.number, revision, upTo)
	if err != nil || !ok || !st.shows(e, time.Now()) {
		return nil, true, err
	}
	return &e, true, nil
}
