package projections

import (
	"fmt"
	"strings"

	"skein/domain/inbox"
	"skein/domain/space"
)

// where says a filter that was checked for the space in SQL, over the columns of
// contacts. It means what [inbox.Filter.Shows] means. Values go to args; nothing
// that anybody wrote becomes part of the statement.
func where(in space.Space, f inbox.Filter, args *[]any) string {
	switch {
	case f.Test != nil:
		return test(in, *f.Test, args)
	case f.Not != nil:
		return "NOT " + where(in, *f.Not, args)
	case f.Any != nil:
		return join(in, "false", " OR ", f.Any, args)
	}
	return join(in, "true", " AND ", f.All, args)
}

func join(in space.Space, none, word string, parts []inbox.Filter, args *[]any) string {
	said := []string{none}
	for _, p := range parts {
		said = append(said, where(in, p, args))
	}
	return "(" + strings.Join(said, word) + ")"
}

// test says one test. No test is ever unknown: one of something that is not
// there is false.
func test(in space.Space, t inbox.Test, args *[]any) string {
	kind := t.Type(in)
	how, negated := t.How.Plain()
	arg := func(v any) string {
		*args = append(*args, v)
		return fmt.Sprintf("$%d", len(*args))
	}
	said := ""
	switch {
	case t.Of == "tag" && how == inbox.HasValue:
		said = "jsonb_array_length(tags) > 0"
	case t.Of == "tag":
		said = "EXISTS (SELECT FROM jsonb_array_elements_text(tags_folded) AS tag WHERE " + compared("tag", kind, how, arg(t.Comparable(kind))) + ")"
	case t.Of == "created" || t.Of == "last_interaction":
		said = moment(t, how, kind, arg)
	default:
		of := "name_folded"
		if t.Of != "name" {
			column := "fields"
			if kind == space.Text {
				column = "folded"
			}
			of = "(" + column + " ->> " + arg(t.Of) + "::text)"
		}
		switch {
		case how == inbox.HasValue:
			said = of + " <> ''"
		case kind == space.MultiList:
			said = arg(t.Comparable(kind)) + "::text = ANY (string_to_array(" + of + ", E'\\n'))"
		default:
			said = compared(of, kind, how, arg(t.Comparable(kind)))
		}
	}
	said = "coalesce(" + said + ", false)"
	if negated {
		return "NOT " + said
	}
	return said
}

func moment(t inbox.Test, how inbox.How, kind space.Type, arg func(any) string) string {
	if how == inbox.HasValue {
		return t.Of + " IS NOT NULL"
	}
	return t.Of + " " + operators[how] + " " + arg(t.Comparable(kind)) + "::text::timestamptz"
}

var operators = map[inbox.How]string{
	inbox.Is: "=", inbox.Above: ">", inbox.AtLeast: ">=", inbox.Below: "<", inbox.AtMost: "<=",
}

// compared says a comparison of an expression with an argument.
func compared(of string, kind space.Type, how inbox.How, arg string) string {
	switch {
	case how == inbox.Contains:
		return "strpos(" + of + ", " + arg + "::text) > 0"
	case how == inbox.StartsWith:
		return "starts_with(" + of + ", " + arg + "::text)"
	case kind == space.Number:
		// The form is looked at first, for rows of other spaces may have anything there.
		return "CASE WHEN " + of + " ~ '^-?[0-9]{1,40}([.][0-9]{1,20})?$' THEN " + of + "::numeric " + operators[how] + " " + arg + "::text::numeric ELSE false END"
	}
	return of + ` COLLATE "C" ` + operators[how] + " " + arg + "::text"
}
