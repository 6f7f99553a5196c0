package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
)

// Many merge, change, split and unmerge the same few contacts at once, each under a key
// of their own. Whoever is refused is told why: none of the contacts is unknown to
// anybody, and nothing breaks.
func TestUnmergeInACrowd(t *testing.T) {
	t.Parallel()
	rounds := 2
	if os.Getenv("SKEIN_LONG") != "" {
		rounds = 100
	}
	s := start(t, "", "--rate-limit", "0")
	c := &quarrel{server: s, lab: s.space("Lab"), client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	defer c.client.CloseIdleConnections()
	var all sync.WaitGroup
	for group := range 8 {
		all.Go(func() {
			for round := range rounds {
				c.about(fmt.Sprintf("g%dr%d", group, round))
			}
		})
	}
	all.Wait()
}

// quarrel is many who send at once.
type quarrel struct {
	*server
	lab    string
	client *http.Client
}

// about lets four do whatever comes to their minds to the same contacts.
func (c *quarrel) about(name string) {
	var ids []string
	for i := range 2 + rand.IntN(3) {
		var made struct{ ID string }
		_ = json.Unmarshal(c.send(name+"-made-"+fmt.Sprint(i), http.MethodPost, "/contacts", fmt.Sprintf(`{"fields":{"first_name":"A","email":"%s-%d@example.org"}}`, name, i)), &made)
		ids = append(ids, made.ID)
	}
	any := func(of ...string) string { return of[rand.IntN(len(of))] }
	var hands sync.WaitGroup
	for hand := range 4 {
		hands.Go(func() {
			for step := range 12 {
				key, at := fmt.Sprintf("%s-%d-%d", name, hand, step), "/contacts/"+any(ids...)
				switch rand.IntN(8) {
				case 0, 1:
					c.send(key, http.MethodPost, at+"/merge", fmt.Sprintf(`{"absorb":%q,"choices":{"email":%q}}`, any(ids...), any("survivor", "absorbed")))
				case 2, 3:
					c.send(key, http.MethodPatch, at, fmt.Sprintf(`{"fields":{"email":"%s-%d@example.org"}}`, name, rand.IntN(len(ids))))
				case 4:
					c.send(key, http.MethodPost, at+"/split", `{"fields":["email"]}`)
				default:
					how := fmt.Sprintf(`{"alone":%t,"resolutions":{"email":%q}}`, rand.IntN(2) > 0, any("move", "leave_off"))
					for range 1 + rand.IntN(2) {
						hands.Go(func() { c.send(key, http.MethodPost, at+"/unmerge", how) })
					}
				}
			}
		})
	}
	hands.Wait()
}

// send sends a command to what is there.
func (c *quarrel) send(key, method, path, body string) []byte {
	r, err := http.NewRequest(method, c.api+c.lab+path, strings.NewReader(body))
	if err != nil {
		c.t.Error(err)
		return nil
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", key)
	answer, err := c.client.Do(r)
	if err != nil {
		c.t.Error(err)
		return nil
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode == http.StatusNotFound || answer.StatusCode >= http.StatusInternalServerError {
		c.t.Errorf("%s %s %s: %d %s %v", method, path, body, answer.StatusCode, text, err)
	}
	return text
}
