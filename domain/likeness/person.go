package likeness

import (
	"slices"
	"strings"
	"unicode"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// Person is what of a contact is compared, each part as it is compared: folded, and
// without what only decorates it.
type Person struct {
	First    string   `json:"f,omitempty"`
	Last     string   `json:"l,omitempty"`
	Born     string   `json:"b,omitempty"` // eight digits, the year first
	Street   string   `json:"s,omitempty"`
	House    string   `json:"h,omitempty"`
	Town     string   `json:"t,omitempty"`
	Postcode string   `json:"z,omitempty"`
	Phones   []string `json:"p,omitempty"`
	Emails   []string `json:"e,omitempty"`
	External []string `json:"x,omitempty"`
	Numbers  []string `json:"n,omitempty"`
	Channels []string `json:"c,omitempty"`
}

// meaning is what a field tells of a person.
type meaning int

const (
	nothing meaning = iota
	first
	last
	birthday
	streetName
	house
	town
	postcode
	phone
	email
	external
	number
)

// known are the fields that tell something of a person, by their key or, where that
// says nothing, by their label, folded and without anything but letters and digits.
// Fields of the types email and phone tell it whatever they are called.
var known = map[string]meaning{
	"firstname": first, "givenname": first, "forename": first, "vorname": first, "prenom": first, "nombre": first,
	"lastname": last, "surname": last, "familyname": last, "nachname": last, "nom": last, "apellido": last, "apellidos": last,
	"dateofbirth": birthday, "birthdate": birthday, "birthday": birthday, "dob": birthday, "born": birthday, "bornon": birthday,
	"geburtsdatum": birthday, "geburtstag": birthday, "datedenaissance": birthday, "fechadenacimiento": birthday,
	"street": streetName, "streetname": streetName, "streetaddress": streetName, "address": streetName, "address1": streetName,
	"addressline1": streetName, "strasse": streetName, "rue": streetName, "calle": streetName,
	"streetnumber": house, "housenumber": house, "houseno": house, "hausnummer": house,
	"city": town, "town": town, "suburb": town, "locality": town, "municipality": town, "village": town, "ort": town, "stadt": town, "ville": town, "ciudad": town,
	"postcode": postcode, "postalcode": postcode, "zip": postcode, "zipcode": postcode, "plz": postcode, "postleitzahl": postcode, "codepostal": postcode, "codigopostal": postcode,
	"phone": phone, "telephone": phone, "mobile": phone, "mobilephone": phone, "cellphone": phone, "landline": phone,
	"email": email, "mail": email, "emailaddress": email, "externalid": external,
	"socsecid": number, "ssn": number, "socialsecuritynumber": number, "nationalid": number, "nationalinsurancenumber": number, "personalnumber": number,
	"passport": number, "passportnumber": number, "identitycard": number, "idcardnumber": number, "taxid": number, "taxnumber": number, "steuerid": number,
	"medicarenumber": number, "healthinsurancenumber": number, "driverslicense": number,
}

// Reader reads contacts of a space as people.
type Reader struct {
	slots []contact.Slot // in the order they are asked in: where two fields tell the same, the first that has a value does
	means map[contact.Slot]meaning
}

// NewReader reads contacts of a space with these custom fields.
func NewReader(fields []space.Field) Reader {
	r := Reader{means: map[contact.Slot]meaning{}}
	for _, key := range []string{"first_name", "last_name", "email", "phone", "external_id"} {
		r.reads(contact.Slot(key), known[bare(key)])
	}
	for _, f := range fields {
		means := known[bare(f.Key)]
		if means == nothing {
			means = known[bare(f.Label)]
		}
		switch {
		case f.Type == space.EmailType:
			means = email
		case f.Type == space.PhoneType:
			means = phone
		case f.Type == space.Date && means != birthday, f.Type == space.Checkbox, f.Type == space.MultiList, f.Type == space.Time, f.Type == space.URL:
			means = nothing
		}
		r.reads(contact.Slot(f.Key), means)
	}
	return r
}

func (r *Reader) reads(s contact.Slot, m meaning) {
	if m != nothing {
		r.slots, r.means[s] = append(r.slots, s), m
	}
}

// channel is what slots of identities in channels begin with.
const channel = "@"

// Reads reports whether what is in a slot tells something of a person.
func (r Reader) Reads(s contact.Slot) bool {
	return r.means[s] != nothing || strings.HasPrefix(string(s), channel)
}

// several bounds how many values of an attribute are compared.
const several = 8

// Person is a contact as it is compared.
func (r Reader) Person(c contact.Contact) Person {
	var p Person
	for _, s := range r.slots {
		if text := c.Values[s].Text; text != "" {
			p.tell(r.means[s], domain.Fold(text))
		}
	}
	for s, v := range c.Values {
		if id, is := strings.CutPrefix(string(s), channel); is && v.Text != "" {
			p.Channels = append(p.Channels, id)
		}
	}
	if p.House == "" {
		p.Street, p.House = apart(p.Street)
	}
	for _, all := range []*[]string{&p.Phones, &p.Emails, &p.External, &p.Numbers, &p.Channels} {
		slices.Sort(*all)
		*all = slices.Compact(*all)
		*all = (*all)[:min(len(*all), several)]
	}
	return p
}

// tell lets the person have a value, unless another one is there of what there is
// only one.
func (p *Person) tell(of meaning, text string) {
	one := func(to *string, text string) {
		if *to == "" {
			*to = short(text)
		}
	}
	many := func(to *[]string, text string) {
		if text = short(text); text != "" {
			*to = append(*to, text)
		}
	}
	switch of {
	case first:
		one(&p.First, words(text))
	case last:
		one(&p.Last, words(text))
	case birthday:
		one(&p.Born, eightDigits(text))
	case streetName:
		one(&p.Street, spelledOut(words(text)))
	case house:
		one(&p.House, bare(text))
	case town:
		one(&p.Town, words(text))
	case postcode:
		one(&p.Postcode, bare(text))
	case phone:
		many(&p.Phones, digits(text))
	case email:
		many(&p.Emails, text)
	case external:
		many(&p.External, text)
	case number:
		many(&p.Numbers, bare(text))
	}
}

// short is text as far as it is compared.
func short(text string) string {
	for i := range text {
		if i >= 100 {
			return text[:i]
		}
	}
	return text
}

// words are the words of a text with one space between them.
func words(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }), " ")
}

// bare is a text without anything but letters and digits.
func bare(text string) string { return strings.ReplaceAll(words(domain.Fold(text)), " ", "") }

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

// eightDigits is a date as eight digits, nothing if it is none. Days that no calendar
// has are dates too: they are slips of somebody's birthday.
func eightDigits(date string) string {
	if d := digits(date); len(d) == 8 {
		return d
	}
	return ""
}

var abbreviated = map[string]string{
	"st": "street", "str": "strasse", "rd": "road", "ave": "avenue", "av": "avenue", "pl": "place", "cres": "crescent",
	"ct": "court", "cct": "circuit", "dr": "drive", "ln": "lane", "tce": "terrace", "sq": "square", "blvd": "boulevard", "hwy": "highway",
}

// spelledOut is a street without abbreviations.
func spelledOut(street string) string {
	parts := strings.Fields(street)
	for i, part := range parts {
		if whole, short := abbreviated[part]; short && i > 0 {
			parts[i] = whole
		}
	}
	return strings.Join(parts, " ")
}

// apart is a street apart from the number of the house, in front of it or behind.
func apart(street string) (name, house string) {
	name = street
	if before, after, two := strings.Cut(street, " "); two && numbered(before) {
		return after, before
	}
	if i := strings.LastIndex(street, " "); i > 0 && numbered(street[i+1:]) {
		return street[:i], street[i+1:]
	}
	return name, ""
}

func numbered(word string) bool { return word != "" && word[0] >= '0' && word[0] <= '9' }
