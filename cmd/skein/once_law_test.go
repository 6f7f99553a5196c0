package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"skein/adapters/imapsync/dovecottest"
	"skein/domain"
	"skein/domain/process"
)

// A command under an Idempotency-Key takes effect once and is answered alike, however
// often it is sent, with how many at once, and whether the server ended in between,
// of itself or by a kill. All operations that take a key are sent.
func TestOnceLaw(t *testing.T) {
	t.Parallel()
	rounds, each := 3, 100
	if os.Getenv("SKEIN_LONG") != "" {
		rounds, each = 100, 1_000
	}
	c := &customer{server: start(t, "", "--rate-limit", "0"), account: dovecottest.Start(t).Account(t, "us")}
	c.lab = c.space("Lab")
	ids := c.keyed()
	for _, id := range ids {
		if orders[id] == nil {
			t.Errorf("%s takes an Idempotency-Key: say how it is ordered", id)
		}
	}
	for id := range orders {
		if !slices.Contains(ids, id) {
			t.Errorf("%s takes no Idempotency-Key any more", id)
		}
	}
	if t.Failed() {
		return
	}
	var sent []*order
	for round := range rounds {
		now := make([]*order, each)
		for i := range now {
			id := ids[rand.IntN(len(ids))]
			if n := round*each + i; n < len(ids) {
				id = ids[n] // each of them once at least
			}
			now[i] = c.order(id, len(sent)+i)
		}
		c.play(now, round%2 == 1)
		sent = append(sent, now...)
	}
	c.stop(syscall.SIGTERM)
	c.judge(sent)
}

// order is a command that is sent several times.
type order struct {
	id, name           string // of the operation, and of the order
	method, path, body string
	headers            []string // pairs

	times   int // still to be sent
	mu      sync.Mutex
	answers []string
}

// play sends each order some times at once, ends the server, starts it and sends them
// the other times.
func (c *customer) play(now []*order, killed bool) {
	c.t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	all := func(part func(left int) int, until func(sent int)) {
		var hands sync.WaitGroup
		orders := make(chan *order, len(now))
		for _, o := range now {
			orders <- o
		}
		close(orders)
		var mu sync.Mutex
		sent := 0
		for range 8 {
			hands.Go(func() {
				for o := range orders {
					mu.Lock()
					sent++
					until(sent)
					mu.Unlock()
					var at sync.WaitGroup
					many := part(o.times)
					o.times -= many
					for range many {
						at.Go(func() { c.send(client, o) })
					}
					at.Wait()
				}
			})
		}
		hands.Wait()
	}
	all(func(left int) int { return rand.IntN(left + 1) }, func(sent int) {
		if killed && sent == len(now)/2 {
			_ = c.process.Process.Kill() // what is under way is broken off
		}
	})
	token := c.token
	if killed {
		c.stop(syscall.SIGKILL)
	} else {
		c.stop(syscall.SIGTERM)
	}
	c.server = start(c.t, c.data, "--rate-limit", "0")
	c.token = token
	all(func(left int) int { return left }, func(int) {})
	for _, o := range now {
		if len(o.answers) == 0 {
			c.send(client, o) // all the others were cut off
		}
	}
}

// send sends an order once, and keeps what it is answered, if it is.
func (c *customer) send(client *http.Client, o *order) {
	r, err := http.NewRequest(o.method, c.api+o.path, strings.NewReader(o.body))
	if err != nil {
		c.t.Error(err)
		return
	}
	for i := 0; i < len(o.headers); i += 2 {
		r.Header.Set(o.headers[i], o.headers[i+1])
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Idempotency-Key", o.name)
	r.Header.Set("X-Request-Id", fmt.Sprintf("%s-%d", o.name, rand.Int64()))
	answer, err := client.Do(r)
	if err != nil {
		return // the server ended meanwhile
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n") // those of a stream before the last one say how far it is
	told := fmt.Sprintf("%d at %s: %s", answer.StatusCode, answer.Header.Get("Journal-Position"), lines[len(lines)-1])
	if standing[o.id] {
		told = fmt.Sprint(answer.StatusCode)
	}
	if answer.StatusCode >= 300 {
		c.t.Errorf("%s %s: %s", o.id, o.path, told)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.answers = append(o.answers, told)
}

// judge looks up in the journal what came of all that was sent.
func (c *customer) judge(sent []*order) {
	c.t.Helper()
	in, err := open(c.t.Context(), &settings{Data: c.data, err: io.Discard, out: io.Discard}, withJournal)
	if err != nil {
		c.t.Fatal(err)
	}
	defer in.Close()
	effects := map[string]map[string]int{} // of each order, by kind of event
	for r, err := range in.journal.All(c.t.Context(), 0) {
		if err != nil {
			c.t.Fatal(err)
		}
		if beside(r) {
			continue
		}
		name, _, _ := strings.Cut(r.By.Request, "-")
		if effects[name] == nil {
			effects[name] = map[string]int{}
		}
		effects[name][r.Kind()]++
	}
	usual := map[string]map[string]int{}
	for _, o := range sent {
		if len(o.answers) == 0 {
			c.t.Errorf("%s is not answered", o.id)
		}
		if different := slices.Compact(slices.Sorted(slices.Values(o.answers))); len(different) > 1 {
			c.t.Errorf("%s %s is answered with\n%s", o.id, o.path, strings.Join(different, "\n"))
		}
		if standing[o.id] {
			continue
		}
		if usual[o.id] == nil {
			usual[o.id] = effects[o.name]
		}
		if len(usual[o.id]) == 0 || !maps.Equal(usual[o.id], effects[o.name]) {
			c.t.Errorf("%s took effect as %v, and another as %v", o.id, effects[o.name], usual[o.id])
		}
	}
}

// beside reports whether an event is there as often as it takes: every attempt is noted,
// whoever has a value or a name claims it again, and what was broken off is gone on with.
func beside(r domain.Recorded) bool {
	_, resumed := r.Event.(process.GoneOn)
	return resumed || slices.Contains([]string{"audit", "identifier"}, r.Stream.Category()) ||
		strings.HasPrefix(r.Kind(), "organization.space_name") || r.Kind() == "organization.space_renamed"
}

// keyed are the operations that take an Idempotency-Key.
func (c *customer) keyed() (ids []string) {
	c.t.Helper()
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string
			Parameters  []struct{ Name string }
		}
	}
	answer, err := http.Get(strings.TrimSuffix(c.api, "/v1") + "/openapi.json")
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&document); err != nil {
		c.t.Fatal(err)
	}
	for _, methods := range document.Paths {
		for _, o := range methods {
			for _, p := range o.Parameters {
				if p.Name == "Idempotency-Key" {
					ids = append(ids, o.OperationID)
				}
			}
		}
	}
	slices.Sort(ids)
	return ids
}
