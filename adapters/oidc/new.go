package oidc

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"time"
)

// New is the issuer that c names. It is not asked for anything yet.
func New(c Config) (*Issuer, error) {
	at, err := url.Parse(c.Issuer)
	switch {
	case err != nil || at.Host == "" || at.RawQuery != "" || at.Fragment != "" || at.User != nil:
		return nil, errors.New("the issuer is a URL such as https://login.example.org, without user, query and fragment")
	case !reachable(at):
		return nil, errors.New("the issuer has to be reached over https; http is for loopback addresses only")
	case c.Audience == "":
		return nil, errors.New("an issuer needs an audience: what its tokens for this installation are for")
	case c.OrganizationClaim == "" && c.Organization == "":
		return nil, fmt.Errorf("tokens of %s need an organization, or a claim that names it", c.Issuer)
	}
	c.UserClaim = cmp.Or(c.UserClaim, "sub")
	c.Log = cmp.Or(c.Log, slog.Default())
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Issuer{Config: c, client: client(), asking: make(chan struct{}, 1)}, nil
}

// reachable reports whether a URL is one that nobody else can answer for.
func reachable(at *url.URL) bool {
	host := at.Hostname()
	return at.Scheme == "https" || at.Scheme == "http" && (host == "localhost" || net.ParseIP(host).IsLoopback())
}
