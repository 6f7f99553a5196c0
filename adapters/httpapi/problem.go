package httpapi

import (
	"encoding/json"
	"maps"
	"net/http"
)

// problem is a refusal as a client sees it: a problem detail (RFC 9457), with
// what the refusal speaks of as further members.
type problem struct {
	_       struct{}          `additionalProperties:"true"`
	Type    string            `json:"type" doc:"about:blank: code tells problems apart"`
	Title   string            `json:"title" doc:"What the status means"`
	Status  int               `json:"status"`
	Code    string            `json:"code" doc:"What is wrong, for programs; it stays the same for ever" example:"contact_merged"`
	Detail  string            `json:"detail" doc:"What is wrong, for people, and what to do"`
	Pointer string            `json:"pointer,omitempty" doc:"JSON pointer (RFC 6901) to what is wrong in the body, or / and the name of a parameter" example:"/fields/email"`
	Errors  []flaw            `json:"errors,omitempty" doc:"All that is wrong with the request, if there is more than one thing"`
	Shared  *shared           `json:"shared,omitempty" doc:"The values that are in the way of changeIdentifiers"`
	Request string            `json:"request_id" doc:"Id of the request"`
	Names   map[string]string `json:"-"`
}

// flaw is one of several things that are wrong with a request.
type flaw struct {
	Pointer string `json:"pointer"`
	Detail  string `json:"detail"`
}

func (p *problem) naming(what, value string) *problem {
	p.Names = maps.Clone(p.Names)
	p.Names[what] = value
	return p
}

// headers are what goes with the problem besides its body.
func (p *problem) headers(set func(name, value string)) {
	switch p.Status {
	case http.StatusUnauthorized:
		set("WWW-Authenticate", `Bearer realm="skein"`)
	case http.StatusServiceUnavailable:
		set("Retry-After", "1")
	case http.StatusPermanentRedirect:
		set("Location", p.Names["link"])
	}
}

// GetStatus implements huma.StatusError.
func (p *problem) GetStatus() int { return p.Status }

// Error implements error.
func (p *problem) Error() string { return p.Detail }

// ContentType implements huma.ContentTypeFilter.
func (p *problem) ContentType(string) string { return "application/problem+json" }

// MarshalJSON implements json.Marshaler. No name hides a member of the problem.
func (p *problem) MarshalJSON() ([]byte, error) {
	type members problem
	data, err := json.Marshal((*members)(p))
	if err != nil || len(p.Names) == 0 {
		return data, err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	for name, value := range p.Names {
		if _, taken := all[name]; !taken {
			all[name], _ = json.Marshal(value) // a string always has a JSON form
		}
	}
	return json.Marshal(all)
}
