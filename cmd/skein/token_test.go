package main

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
)

// Subcommands print what was asked for and nothing else, and a token that is
// revoked opens nothing.
func TestToken(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	var out, stderr bytes.Buffer
	if err := run(t.Context(), []string{"token", "--data", s.data}, &out, &stderr); err != nil || stderr.Len() > 0 || !secret.MatchString(out.String()) {
		t.Fatalf("%v: %s%s", err, &out, &stderr)
	}
	s.token = strings.TrimSpace(out.String())
	if status, _, text := s.send(http.MethodGet, "/me", "", nil, ""); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	s.skein("token", "--revoke", strings.Split(s.token, "_")[1])
	waitFor(t, func() bool {
		status, _, _ := s.send(http.MethodGet, "/me", "", nil, "")
		return status == http.StatusUnauthorized
	})
	err := run(t.Context(), []string{"token", "--data", s.data, "--revoke", "x"}, &out, &out)
	if err == nil || err.Error() != "token x: There is no such credential." {
		t.Errorf("an unknown one: %v", err)
	}
	if err := run(t.Context(), []string{"replay", "x", "--data", s.data}, &out, &out); err == nil || err.Error() != "contact x: There is no such contact in this space." {
		t.Errorf("an unknown contact: %v", err)
	}
}
