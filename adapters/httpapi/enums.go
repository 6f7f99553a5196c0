package httpapi

import (
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"skein/commands"
	"skein/domain/contact"
	"skein/domain/organization"
	"skein/domain/space"
	"skein/projections"
)

// enums are the words that parameters and parts of bodies can be, by operation and
// name. They are told in the document only: what refuses others is the domain,
// which says it better.
var enums = map[string][]any{
	"addChannel.identities":        anys(space.EmailType, space.PhoneType, space.IDType),
	"assignUser.role":              anys(space.Owner, space.Manager, space.Agent),
	"changeIdentifiers.unique":     anys(space.Email, space.ExtID, space.Phone),
	"changePlan.plan":              anys(organization.Free, organization.Standard, organization.LegacyPro, organization.Business, organization.Enterprise),
	"createSpace.identifiers":      anys(space.Email, space.ExtID, space.Phone),
	"defineField.type":             anys(space.Types...),
	"issueCredential.role":         anys(space.Owner, space.Manager, space.Agent),
	"lookUpIdentifier.identifier":  anys(space.Email, space.ExtID, space.Phone),
	"listContacts.sort":            sorts,
	"listInboxContacts.sort":       sorts,
	"mergeContacts.choices":        anys(contact.Survivors, contact.Absorbeds, contact.Neithers),
	"previewMerge.choices":         anys(contact.Survivors, contact.Absorbeds, contact.Neithers),
	"previewUnmerge.conversations": talks, "previewUnmerge.interactions": goes, "previewUnmerge.resolutions": resolutions,
	"putMember.role":            anys(organization.Admin, organization.BillingAdmin, organization.UserAdmin, organization.Plain),
	"readMessages.kind":         anys(projections.InteractionKinds...),
	"readMessages.order":        anys(newest, oldest),
	"searchContacts.sort":       sorts,
	"splitContact.interactions": goes,
	"undoMerge.conversations":   talks, "undoMerge.interactions": goes, "undoMerge.resolutions": resolutions,
	"unmergeContact.conversations": talks, "unmergeContact.interactions": goes, "unmergeContact.resolutions": resolutions,
}

var (
	talks       = anys(contact.Reopen, contact.Close)
	goes        = anys(commands.ByIdentity, commands.AsListed)
	resolutions = anys(commands.LeaveOff, commands.Move)
)

var sorts = anys("name", "-name", "created", "-created", "last_interaction", "-last_interaction")

func anys[T any](words ...T) (all []any) {
	for _, w := range words {
		all = append(all, w)
	}
	return all
}

// complete adds to the document what the types of operations do not tell.
func complete(doc *huma.OpenAPI) {
	for _, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			if op.RequestBody == nil {
				for _, status := range []string{"400", "413", "415"} {
					delete(op.Responses, status)
				}
			}
			for part, words := range enums {
				if id, name, _ := strings.Cut(part, "."); id == op.OperationID {
					say(schemaOf(doc, op, name), words)
				}
			}
		}
	}
}

// schemaOf describes a parameter of an operation, or a part of its body.
func schemaOf(doc *huma.OpenAPI, op *huma.Operation, name string) *huma.Schema {
	if i := slices.IndexFunc(op.Parameters, func(p *huma.Param) bool { return p.Name == name }); i >= 0 {
		return op.Parameters[i].Schema
	}
	body := op.RequestBody.Content["application/json"].Schema
	if body.Ref != "" {
		body = doc.Components.Schemas.SchemaFromRef(body.Ref)
	}
	return body.Properties[name]
}

// say tells the words that are allowed where a schema describes one of them. It is
// no huma.Schema.Enum, by which huma would refuse others itself.
func say(s *huma.Schema, words []any) {
	if s.Items != nil {
		s = s.Items
	}
	if of, ok := s.AdditionalProperties.(*huma.Schema); ok {
		s = of
	}
	if s.Extensions == nil {
		s.Extensions = map[string]any{}
	}
	s.Extensions["enum"] = words
}
