package erasure_test

import (
	"strings"
	"testing"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/domaintest"
	"skein/domain/erasure"
)

var decider = domaintest.For(erasure.Decide, erasure.Evolve, erasure.Facts)

func TestFacts(t *testing.T) { domaintest.Golden(t, erasure.Facts) }

func TestKey(t *testing.T) {
	ada := erasure.Key{Space: "lab", Contact: "ada"}
	if erasure.KeyOf(ada.Stream()) != ada || ada.Stream() != "erasure-lab.ada" {
		t.Errorf("%v is kept in %s", ada, ada.Stream())
	}
}

// Contacts are erased once, and leave the files once.
func TestErase(t *testing.T) {
	erase := erasure.Erase{Members: []contact.ID{"ada", "lord"}, Streams: 4, Reason: " She asked for it. "}
	erased := erasure.Erased{Members: erase.Members, Streams: 4, Reason: "She asked for it."}

	decider.Given().When(erase).Then(t, erased)
	decider.Given(erased).When(erase).Then(t)
	decider.Given().When(erasure.Remove{}).Refused(t, erasure.ErrUnknown, "")
	decider.Given(erased).When(erasure.Remove{}).Then(t, erasure.Removed{})
	decider.Given(erased, erasure.Removed{}).When(erasure.Remove{}).Then(t)

	decider.Given().When(erasure.Erase{}).Refused(t, domain.Refuse(0, "erasure_empty", ""), "")
	erase.Reason = strings.Repeat("x", 201)
	decider.Given().When(erase).Refused(t, domain.Refuse(0, "reason_invalid", ""), "/reason")
}
