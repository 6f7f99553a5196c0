package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Who may not list the contacts of a space any more is told nothing of it from two
// seconds later on, whatever was taken away; a long poll answers with the refusal, and
// others go on (D5-3, C0-29).
func TestListeningEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		end    func(w *world, later *atomic.Int64, id string)
		status int
		code   string
	}{
		"another role": {func(w *world, _ *atomic.Int64, _ string) {
			w.want(http.StatusNoContent, w.ask("PUT", oneSpace+"/users/grace", `{"role":"agent"}`))
		}, http.StatusForbidden, "role_insufficient"},
		"no role": {func(w *world, _ *atomic.Int64, _ string) {
			w.want(http.StatusNoContent, w.ask("DELETE", oneSpace+"/users/grace", ""))
		}, http.StatusNotFound, "space_unknown"},
		"no member": {func(w *world, _ *atomic.Int64, _ string) {
			w.want(http.StatusNoContent, w.ask("DELETE", "/v1/organizations/{org}/members/grace", ""))
		}, http.StatusNotFound, "space_unknown"}, // and then unauthenticated
		"revoked": {func(w *world, _ *atomic.Int64, id string) {
			w.want(http.StatusNoContent, w.ask("DELETE", "/v1/organizations/{org}/tokens/"+id, ""))
		}, http.StatusUnauthorized, "unauthenticated"},
		"expired": {func(_ *world, later *atomic.Int64, _ string) {
			later.Store(int64(2 * time.Hour))
		}, http.StatusUnauthorized, "unauthenticated"},
		"deleted space": {func(w *world, _ *atomic.Int64, _ string) {
			w.want(http.StatusAccepted, w.ask("DELETE", oneSpace, `{"confirm":"Berlin"}`))
		}, http.StatusNotFound, "space_unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			var later atomic.Int64
			w.Commands.Now = func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
			s := w.served()
			w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/members/grace", `{"role":"member"}`))
			w.want(http.StatusNoContent, w.ask("PUT", oneSpace+"/users/grace", `{"role":"manager"}`))
			expires := w.Commands.Now().Add(time.Hour).UTC().Format(time.RFC3339)
			grace := w.want(http.StatusCreated, w.ask("POST", "/v1/organizations/{org}/members/grace/tokens", `{"expires":"`+expires+`"}`))
			stream := w.follows(s, grace.at("token"), w.end())
			answers := make(chan reply, 1)
			path := fmt.Sprintf("%s?wait=60&after=%d", changesPath, w.end())
			go func() { answers <- w.askIn(context.Background(), "GET", path, "", bearing(grace.at("token"))...) }()
			stream.next() // it has begun
			var others *following
			if name != "deleted space" {
				others = w.follows(s, w.token, w.end())
			}

			began := time.Now()
			c.end(w, &later, grace.at("id"))
			later401 := name == "no member"
			if r := <-answers; r.at("code") != c.code && !(later401 && r.StatusCode == http.StatusUnauthorized) {
				t.Errorf("the poll is answered with %s", r.text)
			}
			for _, kind := range stream.ends() {
				t.Errorf("the stream tells of %s", kind)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("both ended after %v", took)
			}
			if again := w.follows(s, grace.at("token"), w.end()); again.answer.StatusCode != c.status && !later401 {
				t.Errorf("who comes again is answered with %d", again.answer.StatusCode)
			}
			if others != nil && name != "expired" {
				id := w.contact(`{"first_name":"Ada"}`)
				for e := others.next(); e.Contact != id; e = others.next() {
				}
			}
		})
	}
}

// With one credential there are so many who listen and no more; who leaves makes room.
func TestListenersAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.served()
	var all []*following
	for range 16 {
		all = append(all, w.follows(s, w.token, 0))
	}
	for _, path := range []string{changesPath, changesPath + "/stream"} {
		if r := w.want(http.StatusTooManyRequests, w.ask("GET", path, "")); r.at("code") != "listeners_too_many" || r.Header.Get("Retry-After") == "" {
			t.Errorf("one more is answered with %s, %v", r.text, r.Header)
		}
	}
	w.want(http.StatusOK, w.ask("GET", changesPath, "", bearing(w.credential("{space}", manager).at("token"))...))
	all[0].leave()
	all[0].ends()
	for late := time.Now().Add(5 * time.Second); w.ask("GET", changesPath, "").StatusCode != http.StatusOK; {
		if time.Now().After(late) {
			t.Fatal("who left makes no room")
		}
	}
}

// Who takes nothing is left behind.
func TestSlowListener(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := httptest.NewRequest("GET", strings.ReplaceAll(changesPath, "{space}", string(w.space))+"/stream", nil)
	r.Header.Set("Authorization", "Bearer "+w.token)
	out := &full{ResponseRecorder: httptest.NewRecorder()}
	began := time.Now()
	w.http.ServeHTTP(out, r) // ends though nobody leaves
	if within := out.until.Sub(began); within < 5*time.Second || within > 15*time.Second {
		t.Errorf("who takes nothing has %v", within)
	}
}

// full is a connection that takes nothing before its deadline.
type full struct {
	*httptest.ResponseRecorder
	until time.Time
}

// SetWriteDeadline is what http.ResponseController looks for.
func (f *full) SetWriteDeadline(until time.Time) error {
	if f.until.IsZero() {
		f.until = until
	}
	return nil
}

// FlushError is what http.ResponseController looks for.
func (f *full) FlushError() error {
	if f.until.IsZero() {
		return errors.New("it would wait for ever")
	}
	return os.ErrDeadlineExceeded
}
