package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// product is the server of this tree in a process of its own, and a space in it.
type product struct {
	*child
	data         string
	token, space string
}

// found starts the product for the first time, in a new data folder.
func (l *lab) found(ctx context.Context, name string) (p *product, err error) {
	p = &product{data: l.home(name)}
	if p.child, err = l.serve(ctx, p.data); err != nil {
		return nil, err
	}
	if p.token, err = p.told("Administrator token, shown only now: "); err == nil {
		p.space, err = p.once(ctx, p.request(http.MethodPost, "/v1/organizations/"+string(firstOrganization)+"/spaces", `{"name": "Customers"}`))
	}
	if err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

// again starts the product in the data folder it left.
func (l *lab) again(ctx context.Context, p *product) (err error) {
	p.child, err = l.serve(ctx, p.data)
	return err
}

func (l *lab) serve(ctx context.Context, data string) (*child, error) {
	return l.spawn(ctx, "serve", "--data", data, "--listen", "127.0.0.1:0", "--rate-limit", "0")
}

// request is a request as it goes over the wire.
func (p *product) request(method, path, body string) []byte {
	return fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: skein\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		method, path, p.token, len(body), body)
}

// alive asks any server whether it lives, and post has a bare one do what it does.
var (
	alive = []byte("GET /healthz HTTP/1.1\r\nHost: skein\r\n\r\n")
	post  = []byte("POST / HTTP/1.1\r\nHost: skein\r\nContent-Length: 0\r\n\r\n")
)

// once asks one thing, and returns the id of what was made.
func (c *child) once(ctx context.Context, request []byte) (string, error) {
	w, err := dial(ctx, c.address)
	if err != nil {
		return "", err
	}
	defer w.Close()
	defer context.AfterFunc(ctx, func() { w.Close() })()
	return w.ask(request)
}

// settled returns when the read models show all there is.
func (p *product) settled(ctx context.Context) error {
	for {
		behind, err := p.behind(ctx)
		if err != nil || !behind {
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (p *product) behind(ctx context.Context) (bool, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address+"/readyz", nil)
	if err != nil {
		return false, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false, err
	}
	defer answer.Body.Close()
	var said struct {
		Projectors map[string]struct{ Lag uint64 }
	}
	err = json.NewDecoder(answer.Body).Decode(&said)
	behind := len(said.Projectors) == 0
	for _, p := range said.Projectors {
		behind = behind || p.Lag > 0
	}
	return behind, err
}
