package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Whatever was acknowledged is there after the process and its Postgres were
// killed, and it shows.
func TestKill(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	lab := s.space("Lab")
	for round := range 2 {
		var created sync.Map
		var n atomic.Int64
		var clients sync.WaitGroup
		client := &http.Client{}
		for range 8 {
			clients.Go(func() {
				for {
					name := fmt.Sprintf("R%d-%d", round, n.Add(1))
					r, _ := http.NewRequest(http.MethodPost, s.api+lab+"/contacts", strings.NewReader(fmt.Sprintf(`{"fields":{"first_name":%q}}`, name)))
					r.Header.Set("Authorization", "Bearer "+s.token)
					r.Header.Set("Content-Type", "application/json")
					answer, err := client.Do(r)
					if err != nil {
						return // it was killed
					}
					answer.Body.Close()
					if answer.StatusCode == http.StatusCreated {
						at, _ := strconv.Atoi(answer.Header.Get("Journal-Position"))
						created.Store(name, at)
					}
				}
			})
		}
		waitFor(t, func() bool { return n.Load() > 200 })
		kill(t, s)
		clients.Wait()

		again := start(t, s.data)
		again.token = s.token
		s = again
		last := 0
		created.Range(func(_, at any) bool { last = max(last, at.(int)); return true })
		shown := map[string]bool{}
		for cursor := ""; ; {
			var page struct {
				Contacts []seen
				Next     string
			}
			s.see(lab+"/contacts?limit=200&cursor="+cursor, strconv.Itoa(last), &page)
			for _, c := range page.Contacts {
				shown[c.Name] = true
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		acknowledged := 0
		created.Range(func(name, _ any) bool {
			if acknowledged++; !shown[name.(string)] {
				t.Errorf("%s was acknowledged and is lost", name)
			}
			return true
		})
		if acknowledged < 100 {
			t.Fatalf("only %d contacts were acknowledged", acknowledged)
		}
	}
}

// kill kills the process and its Postgres at once.
func kill(t *testing.T, s *server) {
	t.Helper()
	if pid, err := os.ReadFile(filepath.Join(s.data, "postgres", "data", "postmaster.pid")); err == nil {
		line, _, _ := strings.Cut(string(pid), "\n")
		if id, err := strconv.Atoi(line); err == nil {
			_ = syscall.Kill(id, syscall.SIGKILL)
		}
	} else {
		t.Error(err)
	}
	s.stop(syscall.SIGKILL)
}

func waitFor(t *testing.T, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(30 * time.Second); !condition(); {
		select {
		case <-tick.C:
		case <-late:
			t.Fatal("it does not come about")
		}
	}
}
