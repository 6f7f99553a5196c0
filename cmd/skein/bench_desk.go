package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"skein/adapters/httpapi"
	"skein/domain"
)

// desk is where something is asked over HTTP.
type desk struct{ address, token string }

// openDesk lets the projectors follow the journal and serves the API on it, as the
// server does, until done is called.
func (in *inside) openDesk(ctx context.Context) (d desk, done func() error, err error) {
	followed, err := in.following(ctx)
	if err != nil {
		return desk{}, nil, err
	}
	d.token, err = issue(ctx, in.do, firstOrganization, domain.Actor(firstUser), "bench", time.Time{})
	if err != nil {
		return desk{}, nil, errors.Join(err, followed())
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return desk{}, nil, errors.Join(err, followed())
	}
	d.address = listener.Addr().String()
	api := &httpapi.API{
		Commands: in.do, DB: in.db, Projectors: in.projectors, Ready: in.journal.End, Records: in.journal, News: in.journal, Log: in.log,
	}
	server := &http.Server{Handler: api.Handler(), ReadHeaderTimeout: 10 * time.Second}
	percent := debug.SetGCPercent(-1)
	debug.SetGCPercent(percent)
	collectSeldom()
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	return d, func() error {
		debug.SetGCPercent(percent)
		err := server.Close()
		if ended := <-ended; !errors.Is(ended, http.ErrServerClosed) {
			err = errors.Join(err, ended)
		}
		return errors.Join(err, followed())
	}, nil
}

// send asks for something that is to show the journal up to a position, and reads the
// answer, which must be a success, into told, if there is one. It returns where in the
// journal the answer says that it is.
func (d desk) send(ctx context.Context, method, path string, since domain.Position, body, told any) (domain.Position, error) {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return 0, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://"+d.address+path, bytes.NewReader(text))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+d.token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Min-Position", strconv.FormatUint(uint64(since), 10))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		return 0, err
	case answer.StatusCode >= http.StatusBadRequest:
		return 0, fmt.Errorf("%s %s is answered %s: %.300s", method, path, answer.Status, said)
	case told != nil:
		err = json.Unmarshal(said, told)
	}
	at, _ := strconv.ParseUint(answer.Header.Get("Journal-Position"), 10, 64) // queries have none
	return domain.Position(at), err
}
