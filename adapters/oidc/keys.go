package oidc

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// Bounds of what an issuer is asked.
const (
	patience  = 10 * time.Second // for an answer
	breath    = time.Second      // between two attempts to find out where its keys are
	maxAnswer = 1 << 20
)

// keySet is where the issuer says its keys are (OpenID Connect Discovery 1.0,
// section 4). One asks at a time, and soon after a failure nobody does.
func (i *Issuer) keySet(ctx context.Context) (oidc.KeySet, error) {
	select {
	case i.asking <- struct{}{}:
		defer func() { <-i.asking }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if i.keys != nil {
		return i.keys, nil
	}
	if now := i.Now(); now.Sub(i.asked) < breath {
		return nil, ErrUnreachable
	} else {
		i.asked = now
	}
	// Whoever asks first may leave: others wait for the answer.
	asked, stop := context.WithTimeout(oidc.ClientContext(context.WithoutCancel(ctx), i.client), patience)
	defer stop()
	provider, err := oidc.NewProvider(asked, i.Config.Issuer)
	if err != nil {
		return nil, i.unreachable(ctx, err)
	}
	var said struct {
		Keys string `json:"jwks_uri"`
	}
	if err := provider.Claims(&said); err != nil {
		return nil, i.unreachable(ctx, err)
	}
	i.keys = oidc.NewRemoteKeySet(oidc.ClientContext(context.WithoutCancel(ctx), i.client), said.Keys)
	return i.keys, nil
}

// unreachable logs, at most once a minute, why the issuer's keys cannot be had.
func (i *Issuer) unreachable(ctx context.Context, why error) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if now := i.Now(); now.Sub(i.warned) >= time.Minute {
		i.warned = now
		i.Log.WarnContext(ctx, "the OpenID Connect issuer cannot be asked for its keys", "issuer", i.Config.Issuer, "error", fmt.Sprintf("%.300s", why.Error()))
	}
	return ErrUnreachable
}

// client reaches the issuer: nowhere but over a way that is safe, without being sent
// elsewhere, and with bounds.
func client() *http.Client {
	return &http.Client{
		Transport: bounded{http.DefaultTransport.(*http.Transport).Clone()}, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type bounded struct{ *http.Transport }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	if !reachable(r.URL) {
		return nil, fmt.Errorf("%s is not reached over https", r.URL.Host)
	}
	answer, err := b.Transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(answer.Body, maxAnswer), answer.Body}
	return answer, nil
}
