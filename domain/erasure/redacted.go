package erasure

import (
	"encoding/json"
	"fmt"
	"slices"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
)

// Redacted is how the histories of contacts and of their conversations read once members
// are erased: all events of the streams in which anything changes. The histories are all
// events of the contact- and conversation- streams of the members and of everybody who was
// ever merged with them or split off, at whatever depth, in the order of the journal, with
// the [Marks] among them. Some of them may read so already, those of others before those of
// members.
//
// What is hidden, such as the id of a message, is another text that hide makes of it, always
// the same one, and what hide has made it leaves as it is. Whatever is told of those who are
// no members is told alike, and so is everything of members but what they were and said.
func Redacted(members []contact.ID, histories []domain.Recorded, hide func(text string) string) map[domain.Stream][]domain.Recorded {
	after := redacted(members, histories, hide)
	streams := map[domain.Stream][]domain.Recorded{}
	for i, r := range histories {
		if changed(r.Event, after[i].Event) {
			streams[r.Stream] = nil
		}
	}
	for _, r := range after {
		if _, is := streams[r.Stream]; is {
			streams[r.Stream] = append(streams[r.Stream], r)
		}
	}
	return streams
}

// redacted are the histories, event by event, as they read afterwards.
func redacted(members []contact.ID, histories []domain.Recorded, hide func(text string) string) []domain.Recorded {
	gone := func(id contact.ID) bool { return slices.Contains(members, id) }
	o := owners{veil: veil{hide, map[string]string{}}}
	theirs, scrubbed, kept := map[int]bool{}, map[string]bool{}, map[string]bool{}
	items, family := o.of(histories)
	for _, one := range items {
		if theirs[one.event] = gone(one.owner); theirs[one.event] {
			scrubbed[one.ref], scrubbed[one.known] = true, true
		} else {
			kept[one.ref], kept[one.known] = true, true
		}
	}
	for s := range byStream(histories) {
		if id := contact.KeyOf(s).ID; !gone(id) { // their stories go on to say it
			for slot, touch := range family.Own(id).Touches {
				kept[string(slot)], kept[string(touch.Of)], kept[string(touch.IncomingOf)] = true, true, true
			}
		}
	}
	lapsed, stay := map[domain.Stream][]lapse{}, map[domain.Stream]map[uint64]staying{}
	for s, history := range byStream(histories) {
		lapsed[s], stay[s] = lapses(history), stays(history)
	}
	after := slices.Clone(histories)
	for i, r := range histories {
		mine := gone(contact.KeyOf(r.Stream).ID)
		how := contact.Redaction{
			Own: mine,
			Unnamed: func(of contact.ID, slot contact.Slot) bool {
				return gone(of) || unnames(lapsed[r.Stream], r.Revision, of, slot)
			},
			Goes: func(slot contact.Slot, text string) bool { return takes(lapsed[r.Stream], r.Revision, slot, text) },
			Hide: func(name string) string {
				if hidden := o.veil.name(name); !kept[hidden] && (mine || scrubbed[hidden]) {
					return hidden
				}
				return name
			},
		}
		switch e := r.Event.(type) {
		case contact.Event:
			after[i].Event = contact.Redact(stamped(e, stay[r.Stream][r.Revision]), how)
		case conversation.Event:
			if theirs[i] {
				after[i].Event = conversation.Redact(e, how)
			}
		}
	}
	return after
}

func byStream(histories []domain.Recorded) map[domain.Stream][]domain.Recorded {
	streams := map[domain.Stream][]domain.Recorded{}
	for _, r := range histories {
		streams[r.Stream] = append(streams[r.Stream], r)
	}
	return streams
}

// changed reports whether an event reads otherwise.
func changed(before, after domain.Event) bool { return written(before) != written(after) }

func written(e domain.Event) string {
	data, err := json.Marshal(e)
	if err != nil {
		panic(fmt.Sprintf("erasure: %v", err)) // it was read from JSON
	}
	return string(data)
}
