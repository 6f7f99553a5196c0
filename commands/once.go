package commands

import (
	"crypto/sha256"
	"maps"
	"slices"
	"strconv"

	"skein/domain"
)

// A command that is sent twice under the same idempotency key takes effect once,
// whatever happened in between: each event carries the key of the command it
// follows from, so the journal itself says what was carried out already. Nothing
// else has to be kept, and nothing can be lost apart from the events.

// ErrKeyReused refuses a key under which something else was asked before.
var ErrKeyReused = domain.Refuse(domain.Invalid, "idempotency_key_reused", "This Idempotency-Key was sent with another request before. Use a new one for every new request.")

// keyed is where a stream tells that a command was carried out.
type keyed struct {
	ask    mark
	at     domain.Position
	length uint64 // of the stream then
}

// mark stands for a key, or for what was asked under it.
type mark [16]byte

func markOf(text string) mark {
	sum := sha256.Sum256([]byte(text))
	return mark(sum[:16])
}

// keys are where a stream tells that commands were carried out, by their keys. Stories
// share the parts, of which none is written into; each has more than twice as many as the
// next, so that there are few of them.
type keys []map[mark]keyed

// with is the keys and some more, which become theirs.
func (k keys) with(more map[mark]keyed) keys {
	if len(more) == 0 {
		return k
	}
	for len(k) > 0 && len(k[len(k)-1]) <= 2*len(more) {
		both := maps.Clone(k[len(k)-1])
		maps.Copy(both, more)
		k, more = k[:len(k)-1], both
	}
	return append(slices.Clip(k), more)
}

// carriedOut reports whether the stream tells that the command was carried out
// already, and where.
func (s story[S]) carriedOut(by domain.By) (domain.Position, bool, error) {
	if by.Key == "" {
		return 0, false, nil
	}
	key := markOf(by.Key)
	for _, part := range s.keyed {
		if was, known := part[key]; known && was.ask != markOf(by.Ask) {
			return 0, false, ErrKeyReused
		} else if known {
			return was.at, true, nil
		}
	}
	return 0, false, nil
}

// lengthAt is how long the stream was when a command had been carried out at a position.
func (s story[S]) lengthAt(at domain.Position) uint64 {
	for _, part := range s.keyed {
		for _, was := range part {
			if was.at == at {
				return was.length
			}
		}
	}
	return s.length
}

// IDFor is the id of what a command makes: a new one, or always the same one for
// the same key, in the form of a UUID of version 8 (RFC 9562, section 5.8).
func (h *Handler) IDFor(by domain.By) string {
	if by.Key == "" {
		return h.NewID()
	}
	hex := h.Hash("id", by.Key)
	return hex[:8] + "-" + hex[8:12] + "-8" + hex[13:16] + "-a" + hex[17:20] + "-" + hex[20:32]
}

// step is by for one step of a command that goes more than one on the same stream.
func step(by domain.By, name string) domain.By {
	if by.Key != "" {
		by.Key += "/" + name
	}
	return by
}

// natural is by for a step that takes effect once of itself, as claims do: a value
// that another contact took over in between has to be claimed anew.
func natural(by domain.By) domain.By {
	by.Key, by.Ask = "", ""
	return by
}

// row is by for one row of a file.
func row(by domain.By, line int) domain.By { return step(by, strconv.Itoa(line)) }
