package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// An erasure is stopped after some redactions by the lock of somebody who tells the whole
// journal, and then the tables are filled anew from a journal that is redacted in part.
func TestErasedInPartFilledAnew(t *testing.T) {
	s := start(t, "")
	for round := range 3 {
		g := plant(s)
		path, body := g.previewed()
		ctx, over := context.WithCancel(context.Background())
		at, err := runningIn(s.data)
		if err != nil {
			t.Fatal(err)
		}
		db, err := pgx.Connect(ctx, at.Database)
		if err != nil {
			t.Fatal(err)
		}
		const key = `(hashtextextended('whole journal ' || current_schema(), 0))`
		stopped := make(chan bool)
		go func() {
			defer close(stopped)
			seen := 0
			for seen <= 1+2*round && ctx.Err() == nil {
				var is bool
				if err := db.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND objsubid = 1 AND classid::bigint << 32 | objid::bigint = `+key+`)`).Scan(&is); err != nil {
					if ctx.Err() != nil {
						return
					}
					t.Error(err)
					return
				}
				if is {
					seen++
					time.Sleep(5 * time.Millisecond)
				}
			}
			if _, err := db.Exec(ctx, `SELECT pg_advisory_lock_shared`+key); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}()
		var asked sync.WaitGroup
		asked.Go(func() {
			began := time.Now()
			r, _ := http.NewRequest(http.MethodPost, g.api+path, strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer "+g.token)
			r.Header.Set("Content-Type", "application/json")
			if answer, err := http.DefaultClient.Do(r); err == nil {
				var b bytes.Buffer
				b.ReadFrom(answer.Body)
				t.Log("answered", answer.Status, b.String(), time.Since(began))
				answer.Body.Close()
			}
		})
		asked.Wait()
		over()
		<-stopped
		ctx = context.Background()
		kill(t, s)
		os.RemoveAll(filepath.Join(s.data, "postgres"))
		again := start(t, s.data)
		again.token = s.token
		s, g.server = again, again
		began := time.Now()
		g.waitRemoved()
		t.Log("removed after", time.Since(began))
		waitFor(t, func() bool {
			at, err := runningIn(s.data)
			if err != nil {
				t.Fatal(err)
			}
			db, err := pgx.Connect(ctx, at.Database)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close(ctx)
			var left int
			if err := db.QueryRow(ctx, `SELECT count(*) FROM checkpoints WHERE begun IS NOT NULL`).Scan(&left); err != nil {
				t.Fatal(err)
			}
			return left == 0
		})
		s.rightly()
	}
}
