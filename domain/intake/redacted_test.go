package intake_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"skein/domain"
	"skein/domain/conversation"
	"skein/domain/domaintest"
	"skein/domain/intake"
)

// Of messages that were kept aside nothing is left but on which channel they came and when,
// and that they were taken up.
func TestRedacted(t *testing.T) {
	t.Parallel()
	full := intake.TurnedAway{Message: "1", Channel: "chat", Identity: "ada", Name: "Ada", Image: "https://example.org/ada.png", Subject: "Engine", Text: "Hello.", At: domaintest.Monday}
	other := full
	other.Message = "2"
	var history []domain.Recorded
	for i, e := range []domain.Event{full, other, intake.TakenUp{Messages: []conversation.MessageID{"1"}}} {
		history = append(history, domain.Recorded{Event: e, Stream: "intake-lab.x", Revision: uint64(i), Moment: domaintest.Moment(i)})
	}
	told := intake.Redacted(history, func(id string) string { return "hidden " + id })
	var is intake.Intake
	for i, r := range told {
		if r.Moment != history[i].Moment || r.Stream != history[i].Stream || r.Revision != history[i].Revision {
			t.Errorf("at %d there is %+v", i, r)
		}
		is = intake.Evolve(is, r.Event.(intake.Event), r.Moment)
	}
	want := []intake.Message{{Message: "hidden 2", Channel: "chat", At: domaintest.Monday}}
	if diff := cmp.Diff(want, is.Waiting); diff != "" {
		t.Errorf("it waits otherwise: %s", diff)
	}
}
