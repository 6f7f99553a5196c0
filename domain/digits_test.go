package domain_test

import (
	"testing"

	"skein/domain"
)

// Digits are told of numbers as people write them, and of nothing else.
func TestDigits(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"+49 (0)30 / 123-456": "4930123456", "(030) 123.456": "030123456", "１２３ ‑ ４": "1234", "2026-01-31": "20260131",
		"": "", "-": "", "+49 30 1x": "", "no 12": "", "12%": "", "٣٤": "",
	} {
		if got := domain.Digits(domain.Fold(text)); got != want {
			t.Errorf("of %q it is %q, not %q", text, got, want)
		}
	}
}
