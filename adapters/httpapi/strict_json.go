package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain"
)

// strictJSON is JSON that means one thing only (RFC 7493, section 2): in UTF-8,
// without a key twice in an object, and without half of a letter. All of that is
// refused rather than kept as something that nobody sent.
var strictJSON = huma.Format{
	Marshal: huma.DefaultJSONFormat.Marshal,
	Unmarshal: func(data []byte, v any) error {
		if err := json.Unmarshal(data, v); err != nil {
			return unread(data, err)
		}
		if _, first := v.(*any); !first {
			return nil // huma reads a body twice: to check it, and then into its type
		}
		if !utf8.Valid(data) {
			return errUnreadable
		}
		if err := unambiguous(data); err != nil {
			return err
		}
		return nil
	},
}

var (
	errKeyTwice = domain.Refuse(domain.Invalid, "body_unreadable", "An object in the JSON has the same key twice. Send each key once.")
	errHalf     = domain.Refuse(domain.Invalid, "body_unreadable", "The JSON has half of a surrogate pair, which is no letter. Send letters as they are, in UTF-8.")
	errMark     = domain.Refuse(domain.Invalid, "body_unreadable", "The body begins with a byte order mark. Send JSON without one (RFC 8259, section 8.1).")
	errDeep     = domain.Refuse(domain.Invalid, "body_unreadable", "The JSON is nested too deep: more than 10,000 levels.")
)

// unread says why data could not be read, as far as we know better than err.
func unread(data []byte, err error) error {
	switch wrong := new(json.SyntaxError); {
	case bytes.HasPrefix(data, []byte("\ufeff")):
		return errMark
	case errors.As(err, &wrong) && strings.HasSuffix(wrong.Error(), "exceeded max depth"):
		return errDeep
	}
	return err
}

// unreadableJSON is the refusal that huma made an error of.
func unreadableJSON(err error) *domain.Refusal {
	var detailed huma.ErrorDetailer
	if errors.As(err, &detailed) {
		for _, refused := range []*domain.Refusal{errKeyTwice, errHalf, errMark, errDeep} {
			if detailed.ErrorDetail().Message == refused.Message {
				return refused
			}
		}
	}
	return errUnreadable
}

// unambiguous refuses keys that are twice in an object, and halves of letters. The
// data is JSON already.
func unambiguous(data []byte) *domain.Refusal {
	var keys [][]byte // of all objects that are open
	var objects []int // where the keys of each begin
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{':
			objects = append(objects, len(keys))
		case '}':
			last := len(objects) - 1
			own := keys[objects[last]:]
			slices.SortFunc(own, bytes.Compare)
			for k := range own[min(1, len(own)):] {
				if bytes.Equal(own[k], own[k+1]) {
					return errKeyTwice
				}
			}
			keys, objects = keys[:objects[last]], objects[:last]
		case '"':
			text := data[i+1 : i+1+textEnd(data[i+1:])]
			i += len(text) + 1
			escaped := bytes.IndexByte(text, '\\') >= 0
			if escaped && halved(text) {
				return errHalf
			}
			if !bytes.HasPrefix(bytes.TrimLeft(data[i+1:], " \t\r\n"), []byte{':'}) {
				continue
			}
			if escaped {
				var key string
				_ = json.Unmarshal(data[i-len(text)-1:i+1], &key)
				text = []byte(key)
			}
			keys = append(keys, text)
		}
	}
	return nil
}

// textEnd is where the quote is that ends a text.
func textEnd(data []byte) int {
	for i := 0; ; i++ {
		switch data[i] {
		case '"':
			return i
		case '\\':
			i++
		}
	}
}

// halved reports whether an escape in a text is half of a surrogate pair (RFC
// 8259, section 8.2).
func halved(text []byte) bool {
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		unit, long := codeUnit(text[i:])
		switch i++; {
		case !long:
		case utf16.IsSurrogate(unit):
			low, _ := codeUnit(text[i+len("uD83D"):])
			if utf16.DecodeRune(unit, low) == utf8.RuneError {
				return true
			}
			i += len("uD83D\\uDE0")
		}
	}
	return false
}

// codeUnit is what an escape such as \u00e9 at the beginning of a text stands for.
func codeUnit(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(unit), err == nil
}
