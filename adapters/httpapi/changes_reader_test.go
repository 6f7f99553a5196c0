package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"skein/domain"
)

// sent is a change as it arrives.
type sent struct {
	Position domain.Position
	Kind     string
	Contact  string
	Inbox    string
	By       struct{ Actor string }
	Cause    string
	Data     json.RawMessage
	After    []struct {
		ID     string
		PartOf string `json:"part_of"`
		Name   string
		Fields map[string]string
		Tags   []string
	}

	id domain.Position // as the stream has it
}

// following is a stream of changes that somebody reads.
type following struct {
	t      testing.TB
	answer *http.Response
	events chan sent // closed at its end
	leave  func()
}

// served is the world behind a server of its own.
func (w *world) served() *httptest.Server {
	s := httptest.NewServer(w.http)
	s.Config.RegisterOnShutdown(w.EndListening)
	w.t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

// follows opens a stream of the changes of the world's space.
func (w *world) follows(s *httptest.Server, token string, after domain.Position) *following {
	w.t.Helper()
	ctx, leave := context.WithCancel(context.Background())
	w.t.Cleanup(leave)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/v1/spaces/"+string(w.space)+"/changes/stream", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if after > 0 {
		r.Header.Set("Last-Event-ID", strconv.FormatUint(uint64(after), 10))
	}
	answer, err := s.Client().Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	f := &following{w.t, answer, make(chan sent, 1000), leave}
	go f.read()
	return f
}

// read reads events until the stream ends.
func (f *following) read() {
	defer close(f.events)
	defer f.answer.Body.Close()
	var e sent
	named, data := "", ""
	for lines := bufio.NewScanner(f.answer.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			at, _ := strconv.ParseUint(value, 10, 64)
			e.id = domain.Position(at)
		case "event":
			named = value
		case "data":
			data = value
		case "":
			if lines.Text() != "" || e.id == 0 {
				continue // a comment, or what is no event
			}
			if data != "" && json.Unmarshal([]byte(data), &e) != nil || e.Kind != named || data != "" && e.Position != e.id {
				f.t.Errorf("an event reads id %d, event %q, data %s", e.id, named, data)
			}
			f.events <- e
			e, named, data = sent{}, "", ""
		}
	}
}

// next is the next event; one without a kind says how far a silence reaches.
func (f *following) next() sent {
	f.t.Helper()
	select {
	case e, more := <-f.events:
		if !more {
			f.t.Fatal("the stream ended")
		}
		return e
	case <-time.After(5 * time.Second):
		f.t.Fatal("nothing arrives")
	}
	return sent{}
}

// kinds are those of the next n changes.
func (f *following) kinds(n int) (all []string) {
	f.t.Helper()
	for len(all) < n {
		if e := f.next(); e.Kind != "" {
			all = append(all, e.Kind)
		}
	}
	return all
}

// ends waits until the stream ends by itself, and returns what it tells of before.
func (f *following) ends() (kinds []string) {
	f.t.Helper()
	for late := time.After(10 * time.Second); ; {
		select {
		case e, more := <-f.events:
			if !more {
				return kinds
			}
			if e.Kind != "" {
				kinds = append(kinds, e.Kind)
			}
		case <-late:
			f.t.Fatal("the stream does not end")
		}
	}
}
