package verify

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"skein/domain"
	"skein/domain/contact"
)

// heard is the interactions of a contact: how many, and a sum over what they say that
// does not depend on their order. They are kept where that is not enough.
type heard struct {
	count int
	sum   [2]uint64
	kept  []interaction
}

// interaction is a row of interactions but for its space and owner.
type interaction struct {
	at       time.Time
	position domain.Position
	texts    [8]string // in the order of spoken; the last one is a hash when it is kept
	sum      [2]uint64
}

// spoken are the columns of interactions that are text.
var spoken = [8]string{"kind", "recorded", "ref", "channel", "identity", "way", "actor", "data"}

func (i interaction) ref() contact.Ref { return contact.Ref(i.texts[2]) }

func (i interaction) identity() contact.Identity {
	return contact.Identity{Channel: i.texts[3], Of: i.texts[4]}
}

// summed is the interaction with its sum.
func (i interaction) summed() interaction {
	text := binary.BigEndian.AppendUint64(make([]byte, 0, 512), uint64(i.at.UnixMicro()))
	text = binary.BigEndian.AppendUint64(text, uint64(i.position))
	for _, part := range i.texts {
		text = binary.BigEndian.AppendUint64(text, uint64(len(part)))
		text = append(text, part...)
	}
	sum := sha256.Sum256(text)
	i.sum = [2]uint64{binary.BigEndian.Uint64(sum[:]), binary.BigEndian.Uint64(sum[8:])}
	return i
}

func (h *heard) add(i interaction, keep bool) {
	h.count++
	h.sum[0] += i.sum[0]
	h.sum[1] += i.sum[1]
	if keep {
		h.kept = append(h.kept, i)
	}
}

func (t *told) of(id contact.ID) *heard {
	if t.heard[id] == nil {
		t.heard[id] = &heard{}
	}
	return t.heard[id]
}

// hear adds what happened in the conversation with a contact.
func (t *told) hear(id contact.ID, r domain.Recorded, said contact.Interacted, keep bool) {
	data, err := json.Marshal(r.Event)
	if err != nil {
		panic(fmt.Sprintf("verify: %v", err)) // it was read from JSON
	}
	i := interaction{at: said.At, position: r.Position, texts: [8]string{
		strings.TrimPrefix(r.Kind(), "conversation."), string(id), string(said.Ref),
		said.Channel, said.Of, string(said.Way), string(r.By.Actor), string(data),
	}}.summed()
	t.of(id).add(i.brief(), keep)
}

// brief is the interaction with a hash in the place of what was said, which may be long.
func (i interaction) brief() interaction {
	sum := sha256.Sum256([]byte(i.texts[7]))
	i.texts[7] = string(sum[:16])
	return i
}

// take gives a contact the interactions of others that it takes over.
func (t *told) take(id contact.ID, e contact.InteractionsTaken) {
	listed := map[contact.Ref]bool{}
	for _, ref := range e.Interactions {
		listed[ref] = ref != ""
	}
	for _, from := range e.From {
		if from == id || t.heard[from] == nil {
			continue
		}
		all := t.heard[from].kept
		delete(t.heard, from)
		for _, one := range all {
			whose := from
			if listed[one.ref()] || slices.Contains(e.Identities, one.identity()) {
				whose = id
			}
			t.of(whose).add(one, true)
		}
	}
}
