package contact

// Tag gives a contact tags and takes others off it. Unlike an [Edit] it records nothing
// that is so already: a tag counts as there whoever of those merged into the contact it
// comes from.
type Tag struct {
	Add    []string
	Remove []string // also of those to be added
	Told   Contact  // the contact as people see it
}

func (cmd Tag) decide(c Contact) ([]Event, error) {
	if err := c.Standing(); err != nil {
		return nil, err
	}
	says, err := cmd.says()
	if err != nil {
		return nil, err
	}
	for slot, text := range says {
		if cmd.Told.Values[slot].Text == text {
			delete(says, slot)
		}
	}
	if len(says) == 0 {
		return nil, nil
	}
	return []Event{Edited{Says: says}}, nil
}

// Fits refuses tags that no contact can be asked to have or not to have.
func (cmd Tag) Fits() error {
	_, err := cmd.says()
	return err
}

func (cmd Tag) says() (map[Slot]string, error) {
	if n := len(cmd.Add) + len(cmd.Remove); n == 0 || n > maxTags {
		return nil, errTags.Where("/tag")
	}
	says := map[Slot]string{}
	for _, list := range []struct {
		tags     []string
		text, at string
	}{{cmd.Add, on, "/tag"}, {cmd.Remove, "", "/untag"}} {
		for _, t := range list.tags {
			tag, err := tagged(t)
			if err != nil {
				return nil, errTag.Where(list.at)
			}
			says[TagSlot(tag)] = list.text
		}
	}
	return says, nil
}
