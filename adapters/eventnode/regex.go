package eventnode

import (
	"fmt"
	"regexp"
	"regexp/syntax"
)

// What the regex of a filter can be: so long, and of so many instructions, each of which
// may be looked at for every letter of every event. A few letters are enough to ask for
// millions.
const (
	regexBytes        = 4 << 10
	regexInstructions = 20_000
)

// compileRegex compiles the regex of a filter unless it is too costly.
func compileRegex(regex string) (*regexp.Regexp, error) {
	if len(regex) > regexBytes {
		return nil, fmt.Errorf("a regex has at most %d bytes, this one %d", regexBytes, len(regex))
	}
	parsed, err := syntax.Parse(regex, syntax.Perl)
	if err != nil {
		return nil, err
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, err
	}
	if n := len(program.Inst); n > regexInstructions {
		return nil, fmt.Errorf("the regex is too costly: it has %d instructions of %d; use fewer repetitions", n, regexInstructions)
	}
	return regexp.Compile(regex)
}
