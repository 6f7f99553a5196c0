package eventnode_test

import (
	"encoding/json"
	"math"
	"strings"

	"github.com/google/uuid"
)

// history is what the journal of a node must be: every event there is, oldest first.
// All that a node has to know and to answer follows from it, if slowly.
type history []entry

type entry struct {
	stream   string
	revision int64
	id       uuid.UUID // zero if the node chooses it
	kind     string
	data     string
	position uint64 // as the node says
}

// What can be expected of a stream beside a revision.
const (
	absent   = -1
	anything = -2
	present  = -4
)

// endless is the revision of the event that ends a stream, and the one before which
// the events of a deleted stream are hidden.
const endless = math.MaxInt64

func (h history) where(holds func(e entry) bool) (found history) {
	for _, e := range h {
		if holds(e) {
			found = append(found, e)
		}
	}
	return found
}

// of is the events of a stream but for its end.
func (h history) of(stream string) history {
	return h.where(func(e entry) bool { return e.stream == stream && e.revision != endless })
}

func (h history) last(stream string) int64 {
	if events := h.of(stream); len(events) > 0 {
		return events[len(events)-1].revision
	}
	return absent
}

// ended says whether a stream, or the one that it describes, is tombstoned.
func (h history) ended(stream string) bool {
	return len(h.where(func(e entry) bool {
		return e.revision == endless && (e.stream == stream || "$$"+e.stream == stream)
	})) > 0
}

// newest is the metadata of a stream, if it has any.
func (h history) newest(stream string) (string, bool) {
	events := h.of("$$" + stream)
	if len(events) == 0 {
		return "", false
	}
	return events[len(events)-1].data, true
}

// limits is what the metadata of a stream say: how many events show, and from which.
func (h history) limits(stream string) (count, from int64) {
	if strings.HasPrefix(stream, "$$") {
		return 1, 0
	}
	text, _ := h.newest(stream)
	said := struct {
		Count *int64 `json:"$maxCount"`
		From  *int64 `json:"$tb"`
	}{new(int64(endless)), new(int64)}
	if json.Unmarshal([]byte(text), &said) != nil || *said.Count <= 0 || *said.From < 0 {
		return endless, 0
	}
	return *said.Count, *said.From
}

func (h history) deleted(stream string) bool {
	_, from := h.limits(stream)
	return from == endless
}

// shown is the events of a stream that can be read.
func (h history) shown(stream string) history {
	count, from := h.limits(stream)
	last := h.last(stream)
	return h.of(stream).where(func(e entry) bool { return e.revision >= from && last-e.revision < count })
}

// at is the event that shows with a revision.
func (h history) at(stream string, revision int64) (entry, bool) {
	found := h.shown(stream).where(func(e entry) bool { return e.revision == revision })
	if len(found) == 0 || h.ended(stream) {
		return entry{}, false
	}
	return found[0], true
}

// verdict is how an append must end.
type verdict string

const (
	written  verdict = "written"
	repeated verdict = "repeated"
	wrong    verdict = "wrong version"
	ended    verdict = "stream deleted"
)

// judge says how an append must end and, if it repeats another, with which revision.
func (h history) judge(stream string, expected int64, ids []uuid.UUID) (verdict, int64) {
	last := h.last(stream)
	_, described := h.newest(stream)
	switch {
	case h.ended(stream):
		return ended, 0
	case expected == present && h.deleted(stream):
		return ended, 0
	case expected == present && last == absent && !described:
		return wrong, 0
	case expected == present || expected == anything:
		return h.judgeByID(stream, ids)
	case expected == last:
		return written, 0
	case expected > last || len(ids) == 0:
		return wrong, 0
	}
	events := h.of(stream)
	for i, id := range ids {
		revision := expected + 1 + int64(i)
		if revision <= last && events[revision].id == id {
			continue
		}
		if i == 0 && expected == absent && h.deleted(stream) {
			return written, 0
		}
		return wrong, 0
	}
	return repeated, expected + int64(len(ids))
}

// judgeByID judges an append to wherever its stream is.
func (h history) judgeByID(stream string, ids []uuid.UUID) (verdict, int64) {
	revision := int64(absent)
	for i, id := range ids {
		first := h.where(func(e entry) bool { return e.id == id })
		switch {
		case len(first) > 0 && first[0].stream == stream:
			revision = first[0].revision
		case i == 0:
			return written, 0
		default:
			return wrong, 0
		}
	}
	if len(ids) == 0 {
		return written, 0
	}
	return repeated, revision
}

// with is the history after an append that is written.
func (h history) with(stream string, events ...entry) history {
	of, describes := strings.CutPrefix(stream, "$$")
	undeletes := describes && len(events) > 0 && h.deleted(of)
	if h.deleted(stream) {
		h = h.undeleted(stream)
	}
	for _, e := range events {
		e.stream, e.revision = stream, h.last(stream)+1
		h = append(h, e)
	}
	if undeletes {
		h = h.undeleted(of)
	}
	return h
}

// undeleted is the history after a deleted stream came back: its metadata hide what it
// had, and say for the rest what they said.
func (h history) undeleted(stream string) history {
	text, _ := h.newest(stream)
	fields := map[string]json.RawMessage{}
	if json.Unmarshal([]byte(text), &fields) != nil {
		return h
	}
	fields["$tb"], _ = json.Marshal(h.last(stream) + 1)
	amended, _ := json.Marshal(fields)
	return append(h, entry{
		stream: "$$" + stream, revision: h.last("$$"+stream) + 1, kind: "$metadata", data: string(amended),
	})
}
