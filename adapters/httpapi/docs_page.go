package httpapi

import (
	"cmp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// chapter is what the page tells under one tag.
type chapter struct {
	*huma.Tag
	Operations []*huma.Operation
}

// chapters are the operations by tag, in the order of their paths.
func chapters(doc *huma.OpenAPI) []chapter {
	var all []chapter
	for _, tag := range doc.Tags {
		c := chapter{Tag: tag}
		for _, item := range doc.Paths {
			for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
				if op != nil && op.Tags[0] == tag.Name {
					c.Operations = append(c.Operations, op)
				}
			}
		}
		slices.SortFunc(c.Operations, func(a, b *huma.Operation) int {
			return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
		})
		all = append(all, c)
	}
	return all
}

// typed says in a word what a schema describes.
func typed(s *huma.Schema) string {
	switch {
	case s == nil || s.Type == "" && s.Ref == "":
		return "anything"
	case s.Ref != "":
		return named(s)
	case s.Type == "array":
		return "list of " + typed(s.Items)
	case s.Type == "object" && len(s.Properties) == 0:
		if of, ok := s.AdditionalProperties.(*huma.Schema); ok {
			return "object of " + typed(of)
		}
	case s.Format != "" && s.Type == "string":
		return s.Type + " (" + s.Format + ")"
	}
	return s.Type
}

// named is the name of the schema that s refers to, "" if it does not.
func named(s *huma.Schema) string {
	if s == nil {
		return ""
	}
	return strings.TrimPrefix(s.Ref, "#/components/schemas/")
}
