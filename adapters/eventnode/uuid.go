package eventnode

import (
	"encoding/binary"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/google/uuid"
)

// parseID is the id of an event, in either of the forms the protocol knows.
func parseID(id *shared.UUID) (uuid.UUID, error) {
	if s := id.GetStructured(); s != nil {
		return structuredID(s), nil
	}
	return uuid.Parse(id.GetString_())
}

// structuredID is the id that the protocol gives as two halves.
func structuredID(s *shared.UUID_Structured) (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:8], uint64(s.GetMostSignificantBits()))
	binary.BigEndian.PutUint64(id[8:], uint64(s.GetLeastSignificantBits()))
	return id
}
