package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// Whatever is added while an email address becomes the only one's, on the real
// journal and the real database: once it is so, no two contacts show the same one
// (C1-19).
func TestChangeIdentifiers(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	lab := s.space("Lab")
	put := func(unique string) int {
		status, _, text := s.send(http.MethodPut, lab+"/identifiers", "application/json", strings.NewReader(`{"unique":`+unique+`}`), "")
		if status != http.StatusNoContent && status != http.StatusConflict {
			t.Errorf("answered %d %s", status, text)
		}
		return status
	}
	if put(`["external_id"]`) != http.StatusNoContent {
		t.Fatal("letting go of an identifier is refused")
	}
	next, done := make(chan int), make(chan struct{})
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for n := range next {
				body := fmt.Sprintf(`{"fields":{"email":"c%d@example.org","external_id":"%d"}}`, n*n%601, n)
				status, _, text := s.send(http.MethodPost, lab+"/contacts", "application/json", strings.NewReader(body), "")
				if status != http.StatusCreated && !strings.Contains(string(text), "identifier_taken") {
					t.Errorf("answered %d %s", status, text)
				}
			}
		})
	}
	go func() {
		defer close(next)
		for n := range 300 {
			select {
			case next <- n:
			case <-done:
				return
			}
		}
	}()
	for range 3 {
		if put(`["email","external_id"]`) == http.StatusNoContent {
			break
		}
	}
	close(done)
	clients.Wait()
	at := s.ask(http.MethodPost, lab+"/contacts", `{"fields":{"first_name":"Last"}}`, nil)
	var policy struct{ Unique []string }
	s.see(lab+"/identifiers", "", &policy)
	shown := map[string]int{}
	for cursor := ""; ; {
		var page struct {
			Contacts []struct{ Fields map[string]string }
			Next     string
		}
		s.see(lab+"/contacts?limit=200&cursor="+cursor, at, &page)
		for _, c := range page.Contacts {
			shown[c.Fields["email"]]++
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	delete(shown, "")
	for address, n := range shown {
		if n > 1 && len(policy.Unique) == 2 {
			t.Errorf("%d contacts show %s, where %v name a contact", n, address, policy.Unique)
		}
	}
	if len(shown) == 0 {
		t.Error("nobody was added")
	}
}
