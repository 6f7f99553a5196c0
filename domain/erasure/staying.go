package erasure

import (
	"maps"
	"slices"

	"skein/domain"
	"skein/domain/contact"
)

// staying are the choices that go on to count of what stayed with a survivor whom another
// contact left alone, by who stayed.
type staying map[contact.ID]map[string]contact.Choice

// stays are those that marks in a contact's history tell, by the revisions of unmerges.
func stays(history []domain.Recorded) map[uint64]staying {
	all := map[uint64]staying{}
	for _, r := range history {
		if e, is := r.Event.(contact.Redacted); is {
			for revision, stay := range e.Stay {
				all[revision] = stay
			}
		}
	}
	return all
}

// stamped is an event that says itself what a mark tells of it.
func stamped(e contact.Event, told staying) contact.Event {
	if left, is := e.(contact.Unmerged); is && told != nil {
		left.Stay = told
		return left
	}
	return e
}

// untold are the choices that follow from values that are gone afterwards, by stream and
// revision of the unmerges: in histories as they are, and as they read then. Of members'
// unmerges they are all told.
func untold(members []contact.ID, histories, after []domain.Recorded) map[domain.Stream]map[uint64]map[contact.ID]map[string]contact.Choice {
	all := map[domain.Stream]map[uint64]map[contact.ID]map[string]contact.Choice{}
	var before, since contact.Family
	for i, r := range histories {
		id, e := contact.KeyOf(r.Stream).ID, after[i]
		parts := before.Absorbed(id)
		before.Tell(r)
		if left, is := e.Event.(contact.Unmerged); is && left.Alone && len(parts) > 0 && len(left.Stay) == 0 {
			tried := since.Clone()
			tried.Tell(e)
			stay := staying{}
			same := !slices.Contains(members, id) // nothing can be told of it later
			for _, part := range parts {
				stay[part] = before.Own(part).Merge.Choices
				same = same && maps.Equal(stay[part], tried.Own(part).Merge.Choices)
			}
			if !same {
				if all[r.Stream] == nil {
					all[r.Stream] = map[uint64]map[contact.ID]map[string]contact.Choice{}
				}
				all[r.Stream][r.Revision] = stay
				e.Event = stamped(left, stay)
			}
		}
		since.Tell(e)
	}
	return all
}
