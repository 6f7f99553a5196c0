package httpapi

import (
	"regexp"
	"strings"
	"unicode"
)

// figure is what is no formula though it begins like one: a number, or a phone number.
var figure = regexp.MustCompile(`^[+-][0-9]{1,40}([.][0-9]{1,20})?$`)

// formulas are what formulas of spreadsheets begin with, also in the full width that
// some of them take for the same.
const formulas = "=+-@＝＋－＠"

// cell is a value as a CSV file has it: what a spreadsheet would take for a formula has
// an apostrophe before it, by which the spreadsheet knows that it is a text.
func cell(value string) string {
	begins := strings.TrimLeftFunc(value, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("\"'\ufeff\u200b", r)
	})
	control := value != "" && strings.ContainsRune("\t\r\n", rune(value[0]))
	formula := begins != "" && strings.ContainsRune(formulas, []rune(begins)[0])
	if (control || formula) && !figure.MatchString(value) {
		return "'" + value
	}
	return value
}
