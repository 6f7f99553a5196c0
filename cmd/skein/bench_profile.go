package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"skein/adapters/httpapi"
)

// profile writes where each command spends its time: the API in this process, on
// the real journal, with projectors that follow it, but without the network.
func (l *lab) profile(ctx context.Context, folder string) (err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	in, err := l.moveIn(ctx, "profile")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	room, err := in.room(ctx, "Customers")
	if err != nil {
		return err
	}
	crowd, err := in.fill(ctx, room, l.crowd, func(int) int { return 1 })
	if err != nil {
		return err
	}
	done, err := in.following(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	token, err := issue(ctx, in.do, firstOrganization, "administrator", "profile", time.Time{})
	if err != nil {
		return err
	}
	api := &httpapi.API{Commands: in.do, DB: in.db, Projectors: in.projectors, Ready: in.journal.End, Log: in.log}
	handler := api.Handler()
	contacts := "/v1/spaces/" + string(room.ID) + "/contacts"
	withEmail := func(n int) map[string]string {
		fields := person(n)
		fields["email"] = email(l.crowd + n)
		return fields
	}
	for _, one := range []struct {
		name, method string
		ask          func(n int) (path, body string)
	}{
		{"create", http.MethodPost, func(n int) (string, string) { return contacts, fieldsOf(person(n)) }},
		{"create-with-email", http.MethodPost, func(n int) (string, string) { return contacts, fieldsOf(withEmail(n)) }},
		{"edit", http.MethodPatch, func(n int) (string, string) {
			return contacts + "/" + string(crowd[n%len(crowd)]), fieldsOf(edit(n))
		}},
	} {
		if err := in.shown(ctx); err != nil {
			return err
		}
		err := l.profileOne(ctx, filepath.Join(folder, one.name+".pprof"), func(n int) error {
			path, body := one.ask(n)
			r, err := http.NewRequestWithContext(ctx, one.method, path, strings.NewReader(body))
			if err != nil {
				return err
			}
			r.Header.Set("Authorization", "Bearer "+token)
			r.Header.Set("Content-Type", "application/json")
			w := &unsent{header: http.Header{}}
			if handler.ServeHTTP(w, r); w.status >= http.StatusBadRequest {
				return fmt.Errorf("the answer is %d: %s", w.status, w.body.String())
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("%s: %w", one.name, err)
		}
	}
	return nil
}

// profileOne does one thing again and again, many at the same time.
func (l *lab) profileOne(ctx context.Context, path string, do func(n int) error) (err error) {
	const clients = 32
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := pprof.StartCPUProfile(file); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	var done counter
	var all errgroup.Group
	began := time.Now()
	for range clients {
		all.Go(func() error {
			for time.Since(began) < l.steady && ctx.Err() == nil {
				if err := do(done.next()); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
	}
	err = all.Wait()
	fmt.Fprintf(l.err, "%s: %.0f/s\n", path, float64(done.last.Load())/time.Since(began).Seconds())
	return err
}

// unsent is an answer that goes nowhere.
type unsent struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (u *unsent) Header() http.Header { return u.header }

// WriteHeader implements http.ResponseWriter.
func (u *unsent) WriteHeader(status int) { u.status = status }

// Write implements http.ResponseWriter.
func (u *unsent) Write(data []byte) (int, error) { return u.body.Write(data) }
