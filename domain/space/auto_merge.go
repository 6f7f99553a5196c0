package space

import "skein/domain"

// SetAutoMerge says whether two contacts that one person turns out to be are merged
// without being asked: only where each of the identifiers that came together names one
// contact, and the other contact has none of that kind (C1-21). It is off at first.
type SetAutoMerge struct{ On bool }

func (cmd SetAutoMerge) decide(s Space) ([]Event, error) {
	if err := s.Known(); err != nil {
		return nil, err
	}
	if s.AutoMerge == cmd.On {
		return nil, nil
	}
	return []Event{AutoMergeSet(cmd)}, nil
}

// AutoMergeSet tells whether contacts are merged without being asked.
type AutoMergeSet struct {
	On bool `json:"on"`
}

// Kind implements domain.Event.
func (AutoMergeSet) Kind() string { return "space.auto_merge_set" }

func (e AutoMergeSet) evolve(s Space, _ domain.Moment) Space {
	s.AutoMerge = e.On
	return s
}
