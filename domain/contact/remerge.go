package contact

import "slices"

// Remerge makes a merge that was undone count again, as if it had not been: what its
// survivor said since goes on to count.
type Remerge struct {
	Merge    Merge
	Survivor Contact // its own story, as it is
	Without  []Slot  // what the survivor lost for the undoing, so that nobody has said it
}

func (cmd Remerge) decide(c Contact) ([]Event, error) {
	m := cmd.Merge
	if c.Merge.ID == m.ID && c.Merge.Into == m.Into {
		return nil, nil
	}
	if err := c.Standing(); err != nil {
		return nil, err
	}
	if err := cmd.Survivor.Standing(); err != nil {
		return nil, err
	}
	choices := m.Choices
	for slot, v := range cmd.Survivor.Values {
		if v.At > m.At && !slices.Contains(cmd.Without, slot) {
			choices = set(choices, string(slot), Survivors)
		}
	}
	return []Event{Merged{ID: m.ID, Survivor: m.Into, Choices: choices, Rules: m.Rules, Batch: m.Batch}}, nil
}
