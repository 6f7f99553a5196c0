package erasure

import (
	"maps"
	"slices"
	"strings"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
)

// Marks are the events to record at the ends of streams before any is redacted; [Redacted]
// goes by them. They say what cannot be told any more from what histories say afterwards.
// Where others' histories change there is always one, so that no such stream ends with
// what changes. Members' own have one if there are others, so that it is known that all is
// said. Marks that are recorded already are not told again.
func Marks(members []contact.ID, histories []domain.Recorded) map[domain.Stream]domain.Event {
	told := slices.Clone(histories)
	stay := map[domain.Stream]map[uint64]staying{}
	for s, history := range byStream(histories) {
		stay[s] = stays(history)
	}
	for i, r := range told {
		if e, is := r.Event.(contact.Event); is {
			told[i].Event = stamped(e, stay[r.Stream][r.Revision])
		}
	}
	marks := given(members, told)
	if open := unmarked(members, histories); len(open) > 0 {
		for s, stay := range untold(members, told, redacted(members, marking(told, marks), hidden)) {
			mark := marks[s]
			mark.Stay = stay
			marks[s] = mark
		}
		for _, s := range open {
			if _, is := marks[s]; !is {
				marks[s] = contact.Redacted{}
			}
		}
	}
	all := map[domain.Stream]domain.Event{}
	for s, mark := range marks {
		all[s] = mark
	}
	ends := map[domain.Stream]bool{} // whether the last event that changes is followed by a mark
	for i, after := range redacted(members, marking(told, marks), hidden)[:len(told)] {
		switch r := histories[i]; r.Event.(type) {
		case contact.Redacted, conversation.Redacted:
			ends[r.Stream] = true
		default:
			if changed(r.Event, after.Event) && !slices.Contains(members, contact.KeyOf(r.Stream).ID) {
				ends[r.Stream] = false
			}
		}
	}
	for s, marked := range ends {
		if _, is := all[s]; marked || is {
			continue
		}
		all[s] = conversation.Redacted{}
		if s.Category() == "contact" {
			all[s] = contact.Redacted{}
		}
	}
	return all
}

// hidden is what stands for a text as long as it is only asked what changes.
func hidden(text string) string { return "\x00" + strings.TrimPrefix(text, "\x00") }

// unmarked are members' own histories that do not say yet that they are redacted, if there
// is anybody else whose story may follow from theirs. Once all say so some may be redacted.
func unmarked(members []contact.ID, histories []domain.Recorded) (streams []domain.Stream) {
	var family contact.Family
	others, own, marked := false, map[contact.ID]domain.Stream{}, map[contact.ID]domain.Position{}
	for _, r := range histories {
		id := contact.KeyOf(r.Stream).ID
		switch r.Event.(type) {
		case contact.Created:
			own[id], others = r.Stream, others || !slices.Contains(members, id)
		case contact.Redacted:
			marked[id] = r.Position
		}
		family.Tell(r)
	}
	for _, id := range members {
		if others && own[id] != "" && marked[id] <= family.Own(id).Deleted {
			streams = append(streams, own[id])
		}
	}
	return streams
}

// marking is the histories with marks at the end.
func marking(histories []domain.Recorded, marks map[domain.Stream]contact.Redacted) []domain.Recorded {
	length, at := map[domain.Stream]uint64{}, domain.Position(0)
	for _, r := range histories {
		length[r.Stream], at = r.Revision+1, r.Position
	}
	after := slices.Clip(histories)
	for _, s := range slices.Sorted(maps.Keys(marks)) {
		at++
		after = append(after, domain.Recorded{Event: marks[s], Stream: s, Revision: length[s], Moment: domain.Moment{Position: at}})
	}
	return after
}
