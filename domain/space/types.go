package space

import (
	"errors"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Type says what values a field can have and how they are written.
type Type string

const (
	Text      Type = "text"       // at most 2,000 characters
	Number    Type = "number"     // an exact decimal of at most 40 digits, such as -12.50
	Date      Type = "date"       // 2006-01-02
	Time      Type = "time"       // RFC 3339, kept in UTC to the microsecond
	Checkbox  Type = "checkbox"   // true or false
	List      Type = "list"       // one of the field's options
	MultiList Type = "multi_list" // some of the field's options, one a line
	URL       Type = "url"        // http or https
	EmailType Type = "email"      // an RFC 5321 address, kept in lower case
	PhoneType Type = "phone"      // E.164: + and 7 to 15 digits
	IDType    Type = "id"         // opaque, exactly as given, at most 150 characters (C1-14)
)

// TimeShape is how times are kept, so that later ones sort behind earlier ones.
const TimeShape = "2006-01-02T15:04:05.000000Z"

// Types are those a custom field can have.
var Types = []Type{Text, Number, Date, Time, Checkbox, List, MultiList, URL, EmailType, PhoneType}

// Standard are the fields that contacts of every space have.
var Standard = map[string]Type{
	"first_name": Text, "last_name": Text, "email": EmailType, "phone": PhoneType, "external_id": IDType,
	"country": Text, "language": Text, "assignee": IDType, "image": URL,
	"blocked": Checkbox, "opted_out": Checkbox, "legal_basis": Text,
}

var (
	numberShape = regexp.MustCompile(`^(-?)0*(\d{1,40})(?:\.(\d{1,20}))?$`)
	phoneShape  = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)
	phoneNoise  = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "", "/", "", "\u00a0", "")
)

// Canonical is value as a field of the type keeps it; the empty value stays
// empty. The error says for people how a value is written.
func (t Type) Canonical(value string, options []string) (string, error) {
	if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
		return "", errors.New("is not readable text")
	}
	value = norm.NFC.String(strings.TrimSpace(value))
	if value == "" {
		return "", nil
	}
	switch t {
	case Number:
		m := numberShape.FindStringSubmatch(value)
		if m == nil {
			return "", errors.New("is not a number such as -12.5")
		}
		n := m[2]
		if fraction := strings.TrimRight(m[3], "0"); fraction != "" {
			n += "." + fraction
		}
		if n == "0" {
			return n, nil
		}
		return m[1] + n, nil
	case Date:
		if at, err := time.Parse(time.DateOnly, value); err != nil || at.Year() < 1 {
			return "", errors.New("is not a date such as 2006-01-31")
		}
	case Time:
		at, err := time.Parse(time.RFC3339Nano, value)
		if at = at.UTC(); err != nil || at.Year() < 1 || at.Year() > 9999 {
			return "", errors.New("is not a time such as 2006-01-31T15:04:05Z")
		}
		return at.Format(TimeShape), nil
	case Checkbox:
		if value != "true" && value != "false" {
			return "", errors.New("is neither true nor false")
		}
	case List:
		if !slices.Contains(options, value) {
			return "", errors.New("is none of the field's options")
		}
	case MultiList:
		return someOf(value, options)
	case URL:
		u, err := url.Parse(value)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || len(value) > 2000 {
			return "", errors.New("is not an address such as https://example.org/")
		}
	case EmailType:
		a, err := mail.ParseAddress(value)
		if err != nil || a.Address != value || len(value) > 254 {
			return "", errors.New("is not an email address such as ada@example.org")
		}
		return strings.ToLower(value), nil
	case PhoneType:
		value = phoneNoise.Replace(value)
		if rest, ok := strings.CutPrefix(value, "00"); ok {
			value = "+" + rest
		}
		if !phoneShape.MatchString(value) {
			return "", errors.New("is not a phone number with its country code, such as +4930123456")
		}
	case IDType:
		if utf8.RuneCountInString(value) > 150 {
			return "", errors.New("is longer than 150 characters")
		}
	default:
		if utf8.RuneCountInString(value) > 2000 {
			return "", errors.New("is longer than 2,000 characters")
		}
	}
	return value, nil
}

// someOf is the options on the lines of value, in the field's order.
func someOf(value string, options []string) (string, error) {
	asked := strings.Split(value, "\n")
	for _, a := range asked {
		if !slices.Contains(options, strings.TrimSpace(a)) {
			return "", errors.New("has a line that is none of the field's options")
		}
	}
	var kept []string
	for _, o := range options {
		if slices.ContainsFunc(asked, func(a string) bool { return strings.TrimSpace(a) == o }) {
			kept = append(kept, o)
		}
	}
	return strings.Join(kept, "\n"), nil
}
