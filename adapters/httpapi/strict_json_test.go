package httpapi

import (
	"errors"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain"
)

// What can be read in two ways is refused, and nothing else is.
func TestUnambiguous(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]*domain.Refusal{
		`{}`: nil, `[]`: nil, `"a"`: nil, `""`: nil, `5`: nil,
		`{"a":1,"b":{"a":2,"b":[{"a":3},{"a":4}]},"c":"a"}`: nil,
		`{"a":"\"a\":","b":"{","\\":"}","\"":1}`:            nil,
		`{"a":["a","a"],"":0}`:                              nil,
		`{"a":"\ud83d\ude00\ud83d\ude00 \\ud83d \u00e9"}`:   nil,
		`{"a":1,"a":2}`:                      errKeyTwice,
		`{"a":1, "b":{"c":0},"a" : 2}`:       errKeyTwice,
		`[{"b":[{"x":1,"y":1,"\u0078":2}]}]`: errKeyTwice,
		`{"a":"\ud83d"}`:                     errHalf,
		`{"a":"\ud83d x"}`:                   errHalf,
		`{"a":"\ude00\ud83d"}`:               errHalf,
		`{"\ud83d\ud83d":1}`:                 errHalf,
		`"\ud83d\n"`:                         errHalf,
	} {
		if got := unambiguous([]byte(text)); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// BenchmarkStrictJSON tells what the second look costs beside reading the body.
func BenchmarkStrictJSON(b *testing.B) {
	small := `{"fields":{"first_name":"Ada","last_name":"Lovelace","email":"ada@example.org"},"tags":["vip"]}`
	for name, text := range map[string]string{"small": small, "large": "[" + strings.Repeat(small+",", 1000) + small + "]"} {
		b.Run(name+"/scan", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = unambiguous([]byte(text))
			}
		})
		b.Run(name+"/all", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var v any
				_ = strictJSON.Unmarshal([]byte(text), &v)
			}
		})
	}
}

// What cannot be read for a reason that its sender may not see is said to be so.
func TestUnread(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{
		"\ufeff{}": errMark, strings.Repeat("[", 10_001): errDeep, strings.Repeat(`{"a":`, 20_000): errDeep,
	} {
		var into any
		if got := strictJSON.Unmarshal([]byte(text), &into); !errors.Is(got, want) || unreadableJSON(&huma.ErrorDetail{Message: want.Error()}).Error() != want.Error() {
			t.Errorf("%.9s…: %v, want %v", text, got, want)
		}
	}
}
