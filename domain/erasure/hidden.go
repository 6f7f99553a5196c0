package erasure

import "strings"

// veil hides what interactions are known by: the name of one, such as "message 5f0c", and
// the slot of an identity, such as "@email:ada@example.org". Of both it hides what comes
// after the sort or the channel.
type veil struct {
	hide  func(text string) string
	known map[string]string // what was hidden before
}

// name is a name with what is hidden of it, and the same if it was hidden already: by this
// those are compared of which some may have been.
func (v veil) name(name string) string {
	of, id := parts(name)
	return of + v.text(id)
}

func (v veil) text(text string) string {
	if text == "" {
		return ""
	}
	if _, known := v.known[text]; !known {
		v.known[text] = v.hide(text)
	}
	return v.known[text]
}

// parts are what a name is the name of, and what is to be hidden.
func parts(name string) (of, id string) {
	at := strings.IndexByte(name, ' ')
	if strings.HasPrefix(name, "@") {
		at = strings.IndexByte(name, ':')
	}
	return name[:at+1], name[at+1:]
}
