package httpapi

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"skein/domain"
	"skein/domain/space"
)

// mapping says which field each column of a file goes to. A column goes to the
// field of its own name if nothing else is said.
type mapping struct {
	fields map[string]string // by the column's name
	ignore []string
	tags   []string // for all rows
}

var (
	errMap       = domain.Refuse(domain.Invalid, "map_unreadable", "A column is mapped to a field as in map=E-Mail:email.")
	errMapped    = domain.Refuse(domain.Invalid, "column_missing", "The file has no such column.")
	errColumn    = domain.Refuse(domain.Invalid, "column_unknown", "The file has a column that is no field of the space.")
	errTwice     = domain.Refuse(domain.Invalid, "column_ambiguous", "Two columns of the file go to the same field.")
	errMapTarget = domain.Refuse(domain.Invalid, "field_unknown", "The space has no such field. Define it first, or map the column to another one.")
)

// mappingOf reads a mapping from a query.
func mappingOf(query url.Values) (m mapping, err error) {
	m = mapping{fields: map[string]string{}, ignore: query["ignore"], tags: query["tag"]}
	for _, pair := range query["map"] {
		i := strings.LastIndexByte(pair, ':')
		if i < 0 {
			return m, errMap.Where("/map")
		}
		m.fields[pair[:i]] = pair[i+1:]
	}
	for name := range query {
		if !slices.Contains([]string{"map", "ignore", "tag"}, name) {
			return m, errParameter.Where("/" + name).Saying(name + " is not known here. Leave it out, or correct its name.")
		}
	}
	return m, nil
}

// columns is the field that each column goes to, "" for those to be ignored. No
// column is dropped, or made a field, unless somebody said so.
func (m mapping) columns(header []string, in space.Space) ([]string, error) {
	for name := range m.fields {
		if !slices.Contains(header, name) {
			return nil, errMapped.Where("/map").Naming("column", name)
		}
	}
	fields := make([]string, len(header))
	for i, name := range header {
		if slices.Contains(m.ignore, name) {
			continue
		}
		field, mapped := m.fields[name]
		if !mapped {
			field = name
		}
		_, custom := in.Field(field)
		switch standard := space.Standard[field] != ""; {
		case !standard && !custom && mapped:
			return nil, errMapTarget.Where("/map").Naming("column", name).Naming("field", field)
		case name == "":
			return nil, errColumn.Naming("column", name).Saying(fmt.Sprintf("Column %d has no name. Name it in the first line, or leave it out with ignore=, an empty name.", i+1))
		case !standard && !custom:
			return nil, errColumn.Naming("column", name).Saying(fmt.Sprintf("Column %d, %q, is no field of the space. Say where it goes with map=%s:FIELD, leave it out with ignore=%s, or define the field.", i+1, name, name, name))
		case slices.Contains(fields, field):
			return nil, errTwice.Naming("column", name).Naming("field", field)
		}
		fields[i] = field
	}
	return fields, nil
}
