package imapsync

import "bytes"

// frame follows the lines and literals of what a server sends (RFC 9051 §2.2.2),
// closely enough to tell a mail with odd contents, which harms nobody, from an
// answer that would cost the parser too much.
type frame struct {
	line    int    // length of the line so far
	depth   int    // opening parentheses in a row
	start   []byte // how the line begins
	quoted  bool   // an odd number of quotation marks so far
	escaped bool   // a quotation mark behind a backslash: quoted cannot be trusted
	braces  int    // 1 after "{" and digits, 2 after "}", else 0
	size    int64  // the number in the braces
	fetch   bool   // in a FETCH answer that goes on after a literal
	literal int64  // bytes of a literal that are still to come
	before  byte
}

// excessive follows p, and reports whether a line has become too long or is
// nested too deep. Only headers come in literals, and only in FETCH answers.
func (f *frame) excessive(p []byte) bool {
	for len(p) > 0 {
		if f.literal > 0 {
			n := min(int64(len(p)), f.literal)
			f.literal -= n
			p = p[n:]
			continue
		}
		b := p[0]
		p = p[1:]
		if b == '\n' {
			f.end()
			continue
		}
		f.take(b)
		if f.line > mostLine || f.depth > mostDepth {
			return true
		}
	}
	return false
}

func (f *frame) take(b byte) {
	f.line++
	if len(f.start) < 32 {
		f.start = append(f.start, b)
	}
	if b == '(' {
		f.depth++
	} else {
		f.depth = 0
	}
	if b == '"' {
		f.quoted = !f.quoted
		f.escaped = f.escaped || f.before == '\\'
	}
	switch {
	case b == '{':
		f.braces, f.size = 1, 0
	case b >= '0' && b <= '9' && f.braces == 1 && f.size < 1<<32:
		f.size = f.size*10 + int64(b-'0')
	case b == '}' && f.braces == 1:
		f.braces = 2
	case b != '\r' || f.braces != 2:
		f.braces = 0
	}
	f.before = b
}

// end ends the line, and begins a literal if the line announced one.
func (f *frame) end() {
	words := bytes.Fields(f.start)
	f.fetch = f.fetch || len(words) > 2 && words[0][0] == '*' && bytes.EqualFold(words[2], []byte("FETCH"))
	next := frame{start: f.start[:0]}
	if f.fetch && f.braces == 2 && !f.quoted && !f.escaped {
		next.fetch, next.literal = true, f.size
	}
	*f = next
}
