package imapsync

import "strings"

// pieces cuts a list of addresses at its commas, outside of quotes, comments,
// brackets and encoded words. Colons and semicolons cut too: they stand around
// groups, whose names are pieces then (RFC 5322 §3.4), and some programs write
// semicolons where commas belong.
func pieces(s string) []string {
	var found []string
	var quoted, escaped bool
	start, comment, bracket := 0, 0, 0
	bare := maskWords(s)
	for i := 0; i < len(bare); i++ {
		switch c := bare[i]; {
		case escaped:
			escaped = false
		case c == '\\' && (quoted || comment > 0):
			escaped = true
		case c == '"' && comment == 0:
			quoted = !quoted
		case quoted:
		case c == '(':
			comment++
		case c == ')' && comment > 0:
			comment--
		case comment > 0:
		case c == '<' || c == '[':
			bracket++
		case (c == '>' || c == ']') && bracket > 0:
			bracket--
		case bracket > 0:
		case c == ',' || c == ';' || c == ':':
			found, start = append(found, s[start:i]), i+1
		}
	}
	if quoted || bracket > 0 { // something was opened and never closed
		return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' })
	}
	return append(found, s[start:])
}

// maskWords blanks the encoded words of s (RFC 2047 §2), so that a comma or a
// bracket that a program forgot to encode is not taken for one of the list.
// Every other byte stays where it is.
func maskWords(s string) string {
	masked := []byte(s)
	for at := 0; ; {
		start := strings.Index(s[at:], "=?")
		if start < 0 {
			return string(masked)
		}
		start += at
		end := wordEnd(s, start)
		if end < 0 {
			at = start + 2
			continue
		}
		for i := start; i < end; i++ {
			masked[i] = ' '
		}
		at = end
	}
}

// wordEnd finds the end of the encoded word at start: =?charset?encoding?text?=
func wordEnd(s string, start int) int {
	end := start + 2
	for range 2 {
		mark := strings.IndexByte(s[end:min(len(s), end+80)], '?')
		if mark < 0 {
			return -1
		}
		end += mark + 1
	}
	mark := strings.Index(s[end:], "?=")
	if mark < 0 {
		return -1
	}
	return end + mark + 2
}
