package organization

import (
	"slices"

	"skein/domain"
)

// Module is something an organization can have beside its plan.
type Module string

// WhiteLabel lets an organization limit the contacts of its spaces (C0-20).
const WhiteLabel Module = "white_label"

// HasModule reports whether the organization has the module.
func (o Organization) HasModule(m Module) bool { return slices.Contains(o.Modules, m) }

// SwitchModule gives an organization a module, or takes it away.
type SwitchModule struct {
	Module Module `json:"module"`
	On     bool   `json:"on"`
}

func (cmd SwitchModule) decide(o Organization) ([]Event, error) {
	switch {
	case o.Founded.IsZero():
		return nil, ErrUnknown
	case cmd.Module != WhiteLabel:
		return nil, errModule.Where("/module")
	case o.HasModule(cmd.Module) == cmd.On:
		return nil, nil
	}
	return []Event{ModuleSwitched(cmd)}, nil
}

// ModuleSwitched tells that an organization has a module from now on, or no more.
type ModuleSwitched SwitchModule

// Kind implements domain.Event.
func (ModuleSwitched) Kind() string { return "organization.module_switched" }

func (e ModuleSwitched) evolve(o Organization, _ domain.Moment) Organization {
	o.Modules = slices.DeleteFunc(slices.Clone(o.Modules), func(m Module) bool { return m == e.Module })
	if e.On {
		o.Modules = append(o.Modules, e.Module)
	}
	return o
}
