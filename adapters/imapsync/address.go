package imapsync

import (
	"net/mail"
	"strings"
)

// Address is somebody as a header names them.
type Address struct {
	Name  string // for people, decoded; "" when there is none
	Email string // lower case; the domain as written, IDN or punycode
}

// Limits of an address: letters of a name, and bytes of an email (RFC 5321 §4.5.3.1).
const (
	mostName  = 200
	mostEmail = 64 + 1 + 255
)

// addresses are the first most people that s names (RFC 5322 §3.4, groups too).
// What does not keep to the grammar is read piece by piece: an entry nobody can
// read costs only itself.
func addresses(s string, most int) []Address {
	var found []Address
	for _, piece := range pieces(s) {
		if len(found) == most {
			break
		}
		if a := address(piece); a.Email != "" {
			found = append(found, a)
		}
	}
	return found
}

// address reads a single mailbox, strictly if that works and roughly otherwise.
func address(s string) Address {
	strict := mail.AddressParser{WordDecoder: words()}
	if a, err := strict.Parse(s); err == nil && !strings.Contains(a.Address, "=?") {
		return Address{name(a.Name), email(a.Address)}
	}
	bare := maskWords(s) // what an encoded word says is a name, and never the address
	for start := range len(bare) {
		if bare[start] != '<' {
			continue
		}
		in, _, _ := strings.Cut(bare[start+1:min(len(bare), start+2*mostEmail)], ">")
		if e := rough(strings.ReplaceAll(in, " ", "")); e != "" {
			return Address{name(s[:start]), e}
		}
	}
	for _, word := range strings.FieldsFunc(bare+" "+decode(s), func(r rune) bool { return strings.ContainsRune(" \t<>()[]\"',;", r) }) {
		if e := rough(strings.TrimPrefix(word, "mailto:")); e != "" {
			return Address{Email: e}
		}
	}
	return Address{}
}

// name brings the name of somebody into the form for people, without the
// quotation marks that some programs put around it twice.
func name(s string) string { return clean(strings.Trim(decode(s), "\"' \t"), mostName) }

// rough is the email s, if there is no doubt that it is one.
func rough(s string) string {
	if strings.Count(s, "@") != 1 || strings.ContainsAny(s, " \"(),:;<>[]\\") {
		return ""
	}
	return email(s)
}

// email brings an address into the one form it is kept in, or gives "".
func email(s string) string {
	s = clean(s, mostEmail+1)
	at := strings.LastIndex(s, "@")
	local, domain := s[:max(at, 0)], strings.TrimSuffix(s[at+1:], ".")
	if local == "" || domain == "" || len(s) > mostEmail || strings.ContainsAny(domain, " <>\"(),;\\") {
		return ""
	}
	// The standard library writes a local part in quotes where it needs them.
	quoted := (&mail.Address{Address: local + "@" + domain}).String()
	return strings.ToLower(strings.Trim(quoted, "<>"))
}
