package likeness

import (
	"hash/fnv"
	"slices"
	"strings"
)

// Key is something that two people have in common who are worth comparing: the hash of
// it, so that different things may, rarely, have the same key.
type Key int64

// Crowd is how many people can share a key before it tells nothing of them any more,
// such as the address of an office or a very common name with a common year. Those
// are not compared because of it. They are still found by their other keys; and as soon
// as fewer share it they are compared again.
const Crowd = 40

// Keys are what others who may be the same person have in common with p, in ascending
// order. There are several passes, each of which survives slips in what the others are
// made of; a person has at most some dozens of keys, and ten as a rule.
func (p Person) Keys() []Key {
	var k keys
	first, last, year := sound(p.First), sound(p.Last), year(p.Born)
	k.add("last name, year", last, year)
	k.add("first name, year", first, year)
	k.add("names", min(first, last), max(first, last))
	k.add("first name, postcode", first, p.Postcode)
	k.add("last name, postcode", last, p.Postcode)
	k.add("birthday", p.Born)
	k.add("home", p.Street, p.House)
	for _, n := range p.Numbers {
		k.add("number", n)
	}
	for _, n := range p.Phones {
		k.add("phone", line(n))
	}
	for _, e := range p.Emails {
		k.add("email", e)
		if m := mailbox(e); len(m) >= longName {
			k.add("mailbox", m)
		}
	}
	for _, id := range p.External {
		k.add("external id", id)
	}
	for _, id := range p.Channels {
		k.add("channel", id)
	}
	slices.Sort(k)
	return slices.Compact(k)
}

type keys []Key

// add adds a key made of parts that are all known.
func (k *keys) add(pass string, parts ...string) {
	if slices.Contains(parts, "") {
		return
	}
	h := fnv.New64a()
	h.Write([]byte(pass + "\x00" + strings.Join(parts, "\x00"))) // never fails
	*k = append(*k, Key(h.Sum64()))
}

func year(born string) string { return born[:min(len(born), 4)] }

// sounds are the groups of letters that sound alike, as the American Soundex has them.
const sounds = "\x00123\x0012\x00\x0022455\x0012623\x001\x002\x002"

// sound is how a name sounds: its first letter and three groups of consonants. Of names
// in other than Latin letters it is how they begin.
func sound(name string) string {
	if name == "" {
		return ""
	}
	if first := name[0]; first < 'a' || first > 'z' {
		letters := []rune(name)
		return string(letters[:min(len(letters), 3)])
	}
	code, last := []byte{name[0]}, sounds[name[0]-'a']
	for i := 1; i < len(name) && len(code) < 4; i++ {
		c := name[i]
		if c < 'a' || c > 'z' || c == 'h' || c == 'w' {
			continue
		}
		group := sounds[c-'a']
		if group != 0 && group != last {
			code = append(code, group)
		}
		last = group
	}
	return string(code)
}
