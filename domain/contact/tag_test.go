package contact_test

import (
	"slices"
	"strings"
	"testing"

	"skein/domain/contact"
)

// What is so already is not said again, whoever it comes from; the rest is one event (C2-56).
func TestTag(t *testing.T) {
	vip := contact.Contact{Values: map[contact.Slot]contact.Value{"#vip": {Text: "on", From: "lord"}, "#old": {}}}

	decider.Given(ada).When(contact.Tag{Add: []string{"vip", " poet "}, Remove: []string{"old"}}).
		Then(t, contact.Edited{Says: map[contact.Slot]string{"#vip": "on", "#poet": "on"}})
	decider.Given(ada).When(contact.Tag{Add: []string{"vip", "poet"}, Remove: []string{"old", "new"}, Told: vip}).
		Then(t, contact.Edited{Says: map[contact.Slot]string{"#poet": "on"}})
	decider.Given(ada).When(contact.Tag{Add: []string{"vip"}, Remove: []string{"old"}, Told: vip}).Then(t)
	decider.Given(ada).When(contact.Tag{Add: []string{"old", "vip"}, Remove: []string{"vip"}, Told: vip}).
		Then(t, contact.Edited{Says: map[contact.Slot]string{"#vip": "", "#old": "on"}})
}

func TestTagRefused(t *testing.T) {
	one := contact.Tag{Add: []string{"vip"}}

	decider.Given().When(one).Refused(t, contact.ErrUnknown, "")
	decider.Given(ada, contact.Deleted{}).When(one).Refused(t, contact.ErrDeleted, "")
	decider.Given(lord, contact.Merged{Survivor: "ada"}).When(one).Refused(t, contact.ErrMerged, "")
	decider.Given(ada).When(contact.Tag{}).Refused(t, errCode("tags_many"), "/tag")
	decider.Given(ada).When(contact.Tag{Add: slices.Repeat([]string{"vip"}, 60), Remove: slices.Repeat([]string{"old"}, 41)}).Refused(t, errCode("tags_many"), "/tag")
	decider.Given(ada).When(contact.Tag{Add: []string{"a\nb"}}).Refused(t, errCode("tag_invalid"), "/tag")
	decider.Given(ada).When(contact.Tag{Remove: []string{strings.Repeat("x", 65)}}).Refused(t, errCode("tag_invalid"), "/untag")
}
