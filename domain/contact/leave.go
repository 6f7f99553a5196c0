package contact

import (
	"cmp"
	"slices"

	"skein/domain"
)

// leave leaves what a contact has absorbed with its survivor, as if that had absorbed
// it when it absorbed the contact (D2-2). What was chosen then of its values goes on to
// count, and so does what was chosen before, where the survivor has nothing else. Which
// choices these are may be told already.
func (f *Family) leave(id ID, told map[ID]map[string]Choice) {
	c, whole, survivor := f.own[id], f.Told(id), f.beside(id)
	for _, part := range f.Absorbed(id) {
		p := f.own[part]
		choices := map[string]Choice{}
		for field, choice := range c.Merge.Choices {
			from := whole.Values[Slot(field)].From
			if choice == Neithers || choice == Absorbeds && from != "" && f.Holds(part, from) {
				choices[field] = choice
			}
		}
		for field, choice := range p.Merge.Choices {
			from := whole.Values[Slot(field)].From
			_, chosen := c.Merge.Choices[field]
			if choice == Absorbeds && from != "" && f.Holds(part, from) && !chosen && survivor.Field(field) == "" {
				choices[field] = choice
			}
		}
		if stay, is := told[part]; is {
			choices = stay
		}
		p.Merge.Before = append([]domain.Position{p.Merge.At}, p.Merge.Before...)
		p.Merge.Into, p.Merge.At = c.Merge.Into, max(p.Merge.At, c.Merge.At)
		p.Merge.Choices, p.Merge.Rules = choices, c.Merge.Rules
		f.Put(part, p)
	}
}

// compare orders merges as their survivor takes over what they leave it.
func (m Merge) compare(other Merge) int {
	return cmp.Or(cmp.Compare(m.At, other.At), slices.Compare(m.Before, other.Before))
}

// closed are the channels on which the conversation with an absorbed contact was open
// and stays closed when the contact is taken out of its survivor (D2-8).
func (f *Family) closed(id ID, as Talks) (channels []string) {
	if f.own[id].Merge.Into == "" || as == Reopen {
		return nil
	}
	byMerge := f.ClosedByMerge(id)
	for channel, talk := range f.Told(id).Talks {
		if talk.State == Opened && (as == Close && slices.Contains(byMerge, channel) || f.wentOn(id, channel)) {
			channels = append(channels, channel)
		}
	}
	return channels
}

// wentOn reports whether anything happened on a channel, since a contact was absorbed,
// with those it is a part of.
func (f *Family) wentOn(id ID, channel string) bool {
	for f.own[id].Merge.Into != "" {
		since := f.own[id].Merge.At
		id = f.own[id].Merge.Into
		if f.own[id].Talks[channel].At > since {
			return true
		}
		for slot, touch := range f.own[id].Touches {
			if i, _ := slot.Identity(); i.Channel == channel && touch.At > since {
				return true
			}
		}
	}
	return false
}
