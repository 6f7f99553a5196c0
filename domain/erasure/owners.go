package erasure

import (
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
)

// owners tell whose interactions are, in the order of the journal: whose they were
// recorded with, until somebody took them over, and for ever once that one was deleted.
type owners struct {
	veil  veil
	items []item
	live  map[contact.ID][]int // by whose they are, as long as they can be taken over
}

type item struct {
	event      int // in the histories
	owner      contact.ID
	ref, known string // its own name and the slot of its identity, hidden
}

// of tells whose the interactions of histories are, and what comes of the histories where
// all that interactions are known by is hidden.
func (o *owners) of(histories []domain.Recorded) (items []item, family contact.Family) {
	o.live = map[contact.ID][]int{}
	for i, r := range histories {
		id := contact.KeyOf(r.Stream).ID
		gone := family.Own(id).Deleted > 0
		concerned := family.Concerned(r)
		family.Tell(o.hidden(r))
		switch e := r.Event.(type) {
		case contact.Interaction:
			said := e.Interacted()
			o.items = append(o.items, item{i, id, o.veil.name(string(said.Ref)), o.veil.name(string(said.Slot()))})
			if !gone {
				o.live[id] = append(o.live[id], len(o.items)-1)
			}
		case contact.InteractionsTaken:
			if !gone {
				o.take(id, e)
			}
		case contact.Deleted:
			if !gone {
				for _, one := range concerned {
					delete(o.live, one)
				}
			}
		}
	}
	return o.items, family
}

// hidden is an event that says nothing of what interactions are known by.
func (o *owners) hidden(r domain.Recorded) domain.Recorded {
	how := contact.Redaction{Hide: o.veil.name}
	switch e := r.Event.(type) {
	case conversation.Event:
		r.Event = conversation.Redact(e, how)
	case contact.InteractionsTaken:
		r.Event = contact.Redact(e, how)
	}
	return r
}

// take gives a contact what it takes over.
func (o *owners) take(id contact.ID, e contact.InteractionsTaken) {
	taken := map[string]bool{}
	for _, ref := range e.Interactions {
		taken[o.veil.name(string(ref))] = ref != ""
	}
	carried := map[string]bool{}
	for _, i := range e.Identities {
		carried[o.veil.name(string(i.Slot()))] = true
	}
	for _, from := range e.From {
		had := o.live[from]
		o.live[from] = nil
		for _, i := range had {
			if one := &o.items[i]; taken[one.ref] || carried[one.known] {
				one.owner = id
			}
			o.live[o.items[i].owner] = append(o.live[o.items[i].owner], i)
		}
	}
}
