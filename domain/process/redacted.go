package process

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"

	"skein/domain"
)

// Redacted is how the history of a process reads of which nothing personal is to be left:
// what was asked for keeps its shape, with ids, numbers and what is true or not. One that is
// under way has to be told what to do, so it reads as before; then ended is false.
func Redacted(history []domain.Recorded) (after []domain.Recorded, ended bool) {
	var p Process
	after = slices.Clone(history)
	for i, r := range history {
		if e, is := r.Event.(Event); is {
			p = Evolve(p, e, r.Moment)
			after[i].Event = e.redacted()
		}
	}
	if p.Outcome == "" {
		return history, false
	}
	return after, true
}

var (
	id  = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	key = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// issued reports whether a text is an id that was made here.
func issued(text string) bool { return id.MatchString(text) }

// outline is JSON without its texts, and without what is named by anything but words or ids.
func outline(data json.RawMessage) json.RawMessage {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var value any
	if d.Decode(&value) != nil {
		return nil
	}
	value, _ = outlined(value)
	left, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return left
}

func outlined(value any) (left any, stays bool) {
	switch v := value.(type) {
	case string:
		return v, issued(v)
	case []any:
		list := []any{}
		for _, one := range v {
			if one, stays := outlined(one); stays {
				list = append(list, one)
			}
		}
		return list, true
	case map[string]any:
		object := map[string]any{}
		for name, one := range v {
			if one, stays := outlined(one); stays && (key.MatchString(name) || issued(name)) {
				object[name] = one
			}
		}
		return object, true
	}
	return value, true
}
