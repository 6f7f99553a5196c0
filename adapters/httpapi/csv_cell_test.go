package httpapi

import "testing"

// No value of a CSV file is a formula to a spreadsheet (C2-47); numbers and phone
// numbers stay what they are.
func TestCell(t *testing.T) {
	t.Parallel()
	for _, formula := range []string{
		"=1+1", "+SUM(A1)", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\tx", " =1", "\"=1", "'=1", "＝1", "＋a", "－a", "＠a", "\u00a0=1", "\ufeff=1", "+49 30 123", "-", "=",
	} {
		if got := cell(formula); got != "'"+formula {
			t.Errorf("%q is written as %q", formula, got)
		}
	}
	for _, plain := range []string{"", "Ada", "+4930123456", "-12.50", "ada@example.org", "a=b", "1-2", "ß", "'", "x\ty"} {
		if got := cell(plain); got != plain {
			t.Errorf("%q is written as %q", plain, got)
		}
	}
}
