package imapsync

import (
	"net/mail"
	"strings"
	"time"
)

// ids are the message ids in s (RFC 5322 §3.6.4), without their brackets. What
// has no brackets at all is taken for a single id.
func ids(s string) []string {
	var found []string
	for rest := s; ; {
		_, after, ok := strings.Cut(rest, "<")
		id, after, closed := strings.Cut(after, ">")
		if !ok || !closed {
			break
		}
		rest = after
		if id = strings.ReplaceAll(clean(id, 998), " ", ""); id != "" {
			found = append(found, id)
		}
	}
	if id := clean(s, 998); len(found) == 0 && id != "" && !strings.ContainsAny(id, " <>") {
		found = append(found, id)
	}
	return found
}

// date reads a date of RFC 5322 §3.3, or gives the zero time.
func date(s string) time.Time {
	t, err := mail.ParseDate(strings.TrimSpace(s))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
