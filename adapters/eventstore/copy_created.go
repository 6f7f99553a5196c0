package eventstore

import (
	"bytes"
	"encoding/json"
	"time"

	"skein/domain"
)

// createdIn is metadata that tell when an event was recorded first, and whether they
// do. They stay as they are but for that, byte by byte; those that have a "$created"
// already stay altogether, and so do those that are no JSON object.
func createdIn(metadata []byte, at time.Time) (dated []byte, ok bool) {
	text := bytes.TrimLeft(metadata, " \t\r\n")
	member := `{"$created":"` + at.UTC().Format(time.RFC3339Nano) + `"`
	if len(text) == 0 {
		return []byte(member + "}"), true
	}
	var said map[string]json.RawMessage
	if text[0] != '{' || json.Unmarshal(text, &said) != nil {
		return metadata, false
	}
	if told, is := said["$created"]; is {
		var first domain.Created
		return metadata, json.Unmarshal(told, &first) == nil && !first.IsZero()
	}
	if len(said) > 0 {
		member += ","
	}
	dated = append(dated, metadata[:len(metadata)-len(text)]...)
	dated = append(dated, member...)
	return append(dated, text[1:]...), true
}
