package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// An erasure that was broken off by a kill is gone on with at the next start, and nothing
// is left in the end either (D1-14).
func TestEraseKilled(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	for range rounds(2, 20) {
		g := plant(s)
		for range 200 {
			g.post("/contacts/"+g.gone[0]+"/comments", `{"text":%q}`, g.weeds[0])
		}
		path, body := g.previewed()
		var asked sync.WaitGroup
		asked.Go(func() {
			r, err := http.NewRequest(http.MethodPost, g.api+path, strings.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("Authorization", "Bearer "+g.token)
			r.Header.Set("Content-Type", "application/json")
			if answer, err := http.DefaultClient.Do(r); err == nil { // or else it was killed
				answer.Body.Close()
			}
		})
		waitFor(t, func() bool {
			status, _, _ := g.send(http.MethodGet, g.lab+"/contacts/"+g.gone[0], "", nil, "")
			return status == http.StatusGone
		})
		kill(t, s)
		asked.Wait()
		again := start(t, s.data)
		again.token = s.token
		s, g.server = again, again
		g.waitRemoved()
		g.free(t, "an answer", g.everything())
		g.free(t, "the database", s.tables())
		s.rightly()
		s.stop(syscall.SIGTERM)
		g.free(t, "the journal", string(recordsOf(t, filepath.Join(s.data, "journal"))))
		again = start(t, s.data)
		again.token = s.token
		s = again
	}
}
