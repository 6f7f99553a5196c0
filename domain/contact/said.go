package contact

import (
	"slices"

	"skein/domain"
	"skein/domain/space"
)

const (
	maxTags       = 100 // tags that one command can add or remove
	maxIdentities = 100 // channel identities that one command can
)

var (
	errField      = domain.Refuse(domain.Invalid, "field_unknown", "The space has no such field. Define it first, or leave it out.")
	errValue      = domain.Refuse(domain.Invalid, "value_invalid", "The value is not one the field can have.")
	errIdentities = domain.Refuse(domain.Invalid, "identities_many", "At most 100 channel identities are changed at once.")

	errTag  = domain.Refuse(domain.Invalid, "tag_invalid", "A tag has 1 to 64 characters on one line; at most 100 are changed at once.")
	errTags = domain.Refuse(domain.Invalid, "tags_many", "Between 1 and 100 tags are added and removed at once.")
)

// said is what fields and tags say, each value as it is kept. Fields that are
// asked to be empty are said to be empty.
func said(in space.Space, fields map[string]string, add, remove []string) (map[Slot]string, error) {
	says := map[Slot]string{}
	for key, value := range fields {
		kind, options := space.Standard[key], []string(nil)
		if kind == "" {
			f, defined := in.Field(key)
			if !defined {
				return nil, errField.Where(domain.PointerTo("/fields", key)).Naming("field", key)
			}
			kind, options = f.Type, f.Options
		}
		text, err := kind.Canonical(value, options)
		if err != nil {
			return nil, errValue.Where(domain.PointerTo("/fields", key)).Naming("field", key).Saying("The value of " + key + " " + err.Error() + ".")
		}
		says[Slot(key)] = text
	}
	if len(add)+len(remove) > maxTags {
		return nil, errTag.Where("/tags")
	}
	for _, t := range add {
		tag, err := tagged(t)
		if err != nil {
			return nil, err
		}
		says[TagSlot(tag)] = on
	}
	for _, t := range remove {
		tag, err := tagged(t)
		if err != nil {
			return nil, err
		}
		says[TagSlot(tag)] = ""
	}
	return says, nil
}

// linked adds to says that identities are a contact's, or with an empty text that they
// are not any more.
func linked(in space.Space, says map[Slot]string, identities []Identity, text string) error {
	if len(identities) > maxIdentities {
		return errIdentities.Where("/identities")
	}
	for _, i := range identities {
		of, err := in.Identity(i.Channel, i.Of)
		if err != nil {
			return err
		}
		says[Identity{i.Channel, of}.Slot()] = text
	}
	return nil
}

// tagged is a tag as it is kept.
func tagged(tag string) (string, error) {
	kept, fit := domain.Line(tag, 64)
	if !fit {
		return "", errTag.Where("/tags")
	}
	return kept, nil
}

// empty reports whether nothing in says has a value.
func empty(says map[Slot]string) bool {
	for _, text := range says {
		if text != "" {
			return false
		}
	}
	return true
}

// identified refuses contacts that nothing would name: where email belongs to
// several contacts, a contact cannot be added by its email alone (C1-17).
func identified(in space.Space, says map[Slot]string) error {
	if slices.Contains(in.Unique, space.Email) || says[Slot(space.Email)] == "" {
		return nil
	}
	for slot, text := range says {
		if slot != Slot(space.Email) && text != "" {
			return nil
		}
	}
	return errAlone.Where("/fields").Naming("missing", string(space.ExtID))
}
