package imapsync

import (
	"bytes"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// header holds the fields of a mail in their order, unfolded.
type header []field

type field struct{ name, value string } // the name in lower case

// parseHeader reads the fields of a header (RFC 5322 §2.2) as far as there are
// any, and counts the lines that belong to none. Unlike the header readers of
// libraries it does not stop at the first bad line: the mail of real people has
// such lines. One without a colon continues the field before it, as its lost
// indentation would have said.
func parseHeader(raw []byte) (h header, garbage int) {
	var values [][]byte
	for line := range bytes.Lines(raw) {
		text := bytes.TrimRight(line, "\r\n")
		if len(text) == 0 {
			break
		}
		folded := (text[0] == ' ' || text[0] == '\t') && len(h) > 0
		name, value, colon := bytes.Cut(text, []byte(":"))
		name = bytes.Trim(name, " \t")
		switch {
		case !folded && colon && validName(name):
			h = append(h, field{name: strings.ToLower(string(name))})
			values = append(values, bytes.Clone(bytes.TrimSpace(value)))
			continue
		case !folded:
			garbage++
		}
		if folded || !colon && len(h) > 0 {
			last := &values[len(values)-1]
			*last = append(append(*last, ' '), bytes.TrimSpace(text)...)
		}
	}
	for i, value := range values {
		h[i].value = string(value)
	}
	return h.toUTF8(), garbage
}

// validName reports whether name could name a field (RFC 5322 §2.2).
func validName(name []byte) bool {
	for _, b := range name {
		if b <= ' ' || b > '~' {
			return false
		}
	}
	return len(name) > 0
}

// text is the value of the first field called name, or "". Recipients may be
// spread over several fields against the rules; they are joined.
func (h header) text(name string) string {
	var values []string
	for _, f := range h {
		if f.name == name {
			values = append(values, f.value)
		}
	}
	if name == "to" || name == "cc" {
		return strings.Join(values, ", ")
	}
	return first(values)
}

// toUTF8 reads values that are not UTF-8 in the charset that the mail declares
// for its text, and in the superset of Latin-1 that Windows wrote when it
// declares none we know.
func (h header) toUTF8() header {
	_, params, _ := mime.ParseMediaType(h.text("content-type"))
	for i, f := range h {
		if !utf8.ValidString(f.value) {
			h[i].value = fromCharset(params["charset"], f.value)
		}
	}
	return h
}

// fromCharset reads s in charset, or where that is unknown as it looks.
func fromCharset(charset, s string) string {
	if decoded, err := inCharset(charset, s); err == nil {
		return decoded
	}
	if utf8.ValidString(s) {
		return s
	}
	decoded, err := charmap.Windows1252.NewDecoder().String(s)
	if err != nil {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return decoded
}
