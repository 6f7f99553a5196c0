package domain_test

import (
	"testing"

	"skein/domain"
)

// Names of all scripts are fit, also those that need letters which are not seen.
func TestLine(t *testing.T) {
	for text, want := range map[string]string{
		" Ada ": "Ada", "e\u0301": "é", "x": "x", "علی\u200cرضا": "علی\u200cرضا", "क्\u200dष": "क्\u200dष", "👩\u200d🚀": "👩\u200d🚀", "❤\ufe0f": "❤\ufe0f", "東京": "東京", "...": "...",
	} {
		if kept, fit := domain.Line(text, 100); !fit || kept != want {
			t.Errorf("%q is kept as %q, %t", text, kept, fit)
		}
	}
}

// What cannot be seen, or makes other text look like something else, is not fit to be
// kept (Unicode Technical Report 36, section 2.5).
func TestLineMisleads(t *testing.T) {
	for _, text := range []string{
		"", " ", "\u200b", "\u200c\u200d", "\u2060 \ufeff", "\ufe0f", "\u3164", "\u2800", "\u00ad",
		"Ada\u202egnp.exe", "\u202aAda", "Ada\u2066x\u2069", "Ada\u2069", "\u200eAda", "Ada\u200f", "Ada\u061c", "Ada\nLovelace", "Ada\x00", "\xff",
	} {
		if kept, fit := domain.Line(text, 100); fit {
			t.Errorf("%q is kept as %q", text, kept)
		}
	}
}
