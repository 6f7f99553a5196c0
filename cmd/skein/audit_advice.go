package main

import "strings"

// What differs beside what a difference names itself.
const (
	hashes   = "hashes"    // events of the journal are not what was recorded
	unhashed = "no hashes" // it is not known since when events carry hashes
)

// advice is what to do about what differs: first about the journal, from which the rest
// is told.
func (v *verifying) advice() string {
	var all []string
	say := func(where, what string) {
		if v.differ[where] {
			all = append(all, what)
		}
	}
	say(hashes, "the journal itself was altered: keep it as it is, compare it with a backup, and fill nothing anew from it before")
	say(unhashed, "start skein serve once, which notes since when events carry hashes")
	say("journal", "an event that was passed over or cannot be read is tried again by skein rebuild, and may need a newer version")
	if models := v.untrue(); len(models) > 0 {
		all = append(all, "where a table differs from the journal, fill it anew with skein rebuild "+strings.Join(models, ", skein rebuild "))
	}
	say("identifiers", "where an identifier does not lead to the one contact that shows it, take it off all that show it and give it again to the one it names")
	return strings.Join(all, "; ")
}
