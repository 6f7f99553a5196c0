package eventnode

import (
	"time"

	"github.com/google/uuid"
)

// undelete brings a deleted stream back to life: its description comes to say that it
// begins after its last event. What else it says is what a new description says, or
// the newest one if there is no new one. A stream whose description is no JSON stays
// as it is.
func (l *ledger) undelete(st *stream, description []byte, now time.Time) error {
	about, err := l.stream(metaOf(st.name))
	if err != nil {
		return err
	}
	if description == nil {
		newest, _, err := l.store.event(about.number, about.last, l.position)
		if err != nil {
			return err
		}
		description = newest.Data
	}
	amended, ok := truncated(description, st.last+1)
	if !ok {
		return nil
	}
	return l.record(about, now, event{ID: uuid.New(), Type: typeMetadata, JSON: true, Data: amended})
}
