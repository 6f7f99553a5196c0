package imapsync

import (
	"errors"
	"io"
	"mime"
	"strings"

	"github.com/emersion/go-message/charset"
)

// words decodes the encoded words of RFC 2047. No charset is unknown to it: one
// that is gets read as it looks, so that no name is lost over its label.
func words() *mime.WordDecoder {
	return &mime.WordDecoder{CharsetReader: func(label string, input io.Reader) (io.Reader, error) {
		raw, err := io.ReadAll(input)
		return strings.NewReader(fromCharset(label, string(raw))), err
	}}
}

// decode decodes every encoded word in s, and leaves the rest as it is.
func decode(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	decoded, err := words().DecodeHeader(s)
	if err != nil {
		return s
	}
	return decoded
}

// inCharset reads s in the charset with that label (RFC 2978).
func inCharset(label, s string) (string, error) {
	label, _, _ = strings.Cut(label, "*") // a language may follow, RFC 2231 §5
	if label == "" || strings.EqualFold(label, "us-ascii") {
		return "", errors.New("no charset that says something")
	}
	r, err := charset.Reader(label, strings.NewReader(s))
	if err != nil {
		return "", err
	}
	decoded, err := io.ReadAll(r)
	return string(decoded), err
}
