package process_test

import (
	"encoding/json"
	"testing"

	"skein/domain"
	"skein/domain/domaintest"
	"skein/domain/process"
)

const (
	ada = "0199dead-0000-7000-a000-000000000001"
	eve = "0199dead-0000-7000-a000-000000000002"
)

func history(events ...domain.Event) (all []domain.Recorded) {
	s := process.Key{Space: "lab", ID: "p"}.Stream()
	for i, e := range events {
		all = append(all, domain.Recorded{Event: e, Stream: s, Revision: uint64(i), Moment: domaintest.Moment(i)})
	}
	return all
}

// Of a process that has ended nothing is left of what was asked but its shape, and what is
// answered to whoever asks for it again.
func TestRedacted(t *testing.T) {
	t.Parallel()
	asked := json.RawMessage(`{"contact":"` + ada + `","what":{"fields":["email"],"tags":["poet"],"identities":[{"channel":"chat","identity":"ada"}],"listed":["message 7"]},
		"how":{"alone":true,"resolutions":{"@chat:ada":"move","email":"move"},"reason":"Mad, bad."},"seen":{"` + eve + `":18446744073709551615,"ada@example.org":2},"none":null}`)
	refused := process.Refusal{Reason: domain.Conflict, Code: "taken", Message: "It is taken.", At: "/how/resolutions/@chat:ada", Names: map[string]string{"identity": "ada", "holder": eve}}
	told, ended := process.Redacted(history(process.Started{What: "unmerge", Asked: asked}, process.GoneOn{}, process.TurnedBack{Refusal: refused}, process.Ended{Outcome: process.Undone}))
	if !ended || len(told) != 4 {
		t.Fatalf("it has %d events, ended %t", len(told), ended)
	}
	want := `{"contact":"` + ada + `","how":{"alone":true,"resolutions":{}},"none":null,"seen":{"` + eve + `":18446744073709551615},"what":{"fields":[],"identities":[{}],"listed":[],"tags":[]}}`
	if e := told[0].Event.(process.Started); string(e.Asked) != want || e.What != "unmerge" {
		t.Errorf("asked was %s of %s", e.Asked, e.What)
	}
	e := told[2].Event.(process.TurnedBack)
	if r := e.Refusal; r.Code != "taken" || r.Message != refused.Message || r.At != "" || len(r.Names) != 1 || r.Names["holder"] != eve {
		t.Errorf("it was refused with %+v", r)
	}
	again, ended := process.Redacted(told)
	if e := again[0].Event.(process.Started); !ended || string(e.Asked) != want {
		t.Errorf("redacted again it is %s", e.Asked)
	}
}

// What is under way has to be told what to do.
func TestUnderWayIsNotRedacted(t *testing.T) {
	t.Parallel()
	told, ended := process.Redacted(history(started, process.GoneOn{}))
	if e := told[0].Event.(process.Started); ended || string(e.Asked) != string(started.Asked) {
		t.Errorf("asked was %s, ended %t", e.Asked, ended)
	}
	if told, ended := process.Redacted(history(process.Started{What: "split", Asked: json.RawMessage(`{`)}, done)); !ended || told[0].Event.(process.Started).Asked != nil {
		t.Errorf("of what is no JSON %s is left", told[0].Event.(process.Started).Asked)
	}
}
