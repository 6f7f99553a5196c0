package domain

import "strings"

// PointerTo is the JSON pointer to what the object at a JSON pointer has by a key, any text
// (RFC 6901, section 3).
func PointerTo(object, key string) string {
	return object + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}
