package domain_test

import (
	"testing"

	"pgregory.net/rapid"

	"skein/domain"
)

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"Straße": "strasse", "STRASSE": "strasse", "  Ada\tLovelace ": "ada lovelace", "É": "e", "e\u0301": "e",
		"İstanbul": "istanbul", "ﬁn": "fin", "１２": "12", "ſ": "s", "Ꭰ": "ꭰ", "ꭰ": "ꭰ", "a\x00b": "ab", "": "", "\u00a0": "",
	} {
		if got := domain.Fold(text); got != want {
			t.Errorf("%q folds to %q, want %q", text, got, want)
		}
	}
}

// What is folded stays as it is when it is folded again.
func TestFoldTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := domain.Fold(rapid.String().Draw(t, "text"))
		if twice := domain.Fold(once); twice != once {
			t.Fatalf("%q folds on to %q", once, twice)
		}
	})
}
