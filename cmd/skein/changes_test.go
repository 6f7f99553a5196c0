package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// heard is a change as somebody hears of it.
type heard struct {
	Position uint64
	Kind     string
	Contact  string
}

// Whoever follows a space with the last id they had is told of everything once, and in
// order, though the server is killed and stopped while several write. A server that is
// stopped does not wait for them.
func TestChangesRestart(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	lab := s.space("Lab")
	token := s.token
	var api atomic.Value // where the server is now
	api.Store(s.api)
	over, end := context.WithCancel(t.Context())
	defer end()
	ask := func(method, path, body, last string) (answer *http.Response, err error) {
		r, err := http.NewRequestWithContext(over, method, api.Load().(string)+lab+path, strings.NewReader(body))
		if err != nil {
			return nil, err
		}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		if last != "" {
			r.Header.Set("Last-Event-ID", last)
		}
		if answer, err = http.DefaultClient.Do(r); err != nil {
			soon := time.NewTimer(5 * time.Millisecond) // lest all who come again hold up the server that starts
			defer soon.Stop()
			select {
			case <-soon.C:
			case <-over.Done():
			}
		}
		return answer, err
	}

	var written, breaks atomic.Int64
	var acknowledged sync.Map
	stopWriting := make(chan struct{})
	var writing, following sync.WaitGroup
	for w := range 4 {
		writing.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stopWriting:
					return
				default:
				}
				answer, err := ask(http.MethodPost, "/contacts", fmt.Sprintf(`{"fields":{"first_name":"W%d-%d"}}`, w, n), "")
				if err != nil {
					continue // it is not there right now
				}
				var made struct{ ID string }
				text, err := io.ReadAll(answer.Body)
				answer.Body.Close()
				if answer.StatusCode == http.StatusCreated && err == nil && json.Unmarshal(text, &made) == nil {
					acknowledged.Store(made.ID, true)
					written.Add(1)
				}
			}
		})
	}
	told := make([][]heard, 2)
	var reached [2]atomic.Uint64
	for f := range told {
		following.Go(func() {
			last := ""
			for over.Err() == nil {
				answer, err := ask(http.MethodGet, "/changes/stream", "", last)
				if err != nil {
					continue
				}
				if answer.StatusCode == http.StatusOK {
					breaks.Add(1)
				}
				id, pending := "", []heard(nil)
				for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
					name, value, _ := strings.Cut(lines.Text(), ": ")
					switch {
					case name == "id":
						id = value
					case name == "data":
						var one heard
						if err := json.Unmarshal([]byte(value), &one); err != nil || strconv.FormatUint(one.Position, 10) != id {
							t.Errorf("id %s with %s: %v", id, value, err)
						}
						pending = append(pending, one)
					case lines.Text() == "" && id != "": // now it is whole
						told[f], pending, last = append(told[f], pending...), nil, id
						at, _ := strconv.ParseUint(id, 10, 64)
						reached[f].Store(at)
					}
				}
				answer.Body.Close()
			}
		})
	}
	for round := range 4 {
		before := written.Load()
		waitFor(t, func() bool { return written.Load() > before+150 })
		if round%2 == 0 {
			kill(t, s)
		} else if took := s.stop(syscall.SIGTERM); took > 10*time.Second {
			t.Errorf("with streams open the server stops after %v", took)
		}
		s = start(t, s.data)
		s.token = token
		api.Store(s.api)
	}
	before := written.Load()
	waitFor(t, func() bool { return written.Load() > before+50 })
	close(stopWriting)
	writing.Wait()

	var all []heard
	at := uint64(0)
	for {
		var page struct {
			Changes []heard
			Next    uint64
		}
		s.ask(http.MethodGet, fmt.Sprintf("%s/changes?wait=0&limit=200&after=%d", lab, at), "", &page)
		all, at = append(all, page.Changes...), page.Next
		if len(page.Changes) == 0 {
			break
		}
	}
	waitFor(t, func() bool {
		return reached[0].Load() >= all[len(all)-1].Position && reached[1].Load() >= all[len(all)-1].Position
	})
	end()
	following.Wait()
	for f := range told {
		if diff := cmp.Diff(all, told[f]); diff != "" {
			t.Errorf("follower %d was told otherwise (-all +told):\n%s", f, diff)
		}
	}
	created := map[string]bool{}
	for _, one := range all {
		created[one.Contact] = true
	}
	acknowledged.Range(func(id, _ any) bool {
		if !created[id.(string)] {
			t.Errorf("%s was acknowledged and is not told of", id)
		}
		return true
	})
	if len(all) < 600 || breaks.Load() < 6 {
		t.Errorf("only %d changes and %d streams", len(all), breaks.Load())
	}
}
