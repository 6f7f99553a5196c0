package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Who stops some work reads that it was broken off.
func TestNodeWorkIsBrokenOff(t *testing.T) {
	t.Parallel()
	data, archive := t.TempDir(), written(t, "archive", archived("1"), 0o600)
	did(t, "node", "import", "--data", data, archive)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for _, work := range [][]string{
		{"scavenge"},
		{"verify"},
		{"export"},
		{"backup", filepath.Join(t.TempDir(), "monday")},
		{"import", archive},
		{"copy", "--from", data, "--to", t.TempDir()},
		{"copy", "--from", "esdb://127.0.0.1:1?tls=false", "--to", t.TempDir()},
	} {
		var out bytes.Buffer
		err := run(ctx, append(append([]string{"node"}, work...), "--data", data), &out, &out)
		if err == nil || !strings.Contains(err.Error(), "broken off") || strings.Contains(err.Error(), "canceled") {
			t.Errorf("%v: %v\n%s", work, err, &out)
		}
	}
}

// Who asked a node that ended meanwhile reads that.
func TestNodeHangsUp(t *testing.T) {
	t.Parallel()
	folder, err := os.MkdirTemp("", "node") // the path of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	did(t, "node", "import", "--folder", folder, written(t, "archive", archived("1"), 0o600))
	door, err := net.Listen("unix", filepath.Join(folder, "admin.sock"))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/verify" { // as a node whose work ends with it
			http.Error(w, "verify: "+context.Canceled.Error(), http.StatusInternalServerError)
			return
		}
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})}
	go func() { _ = server.Serve(door) }()
	defer server.Close()
	for _, work := range [][]string{{"scavenge"}, {"verify"}, {"export"}} {
		refused(t, "the event node did not come to the end", append(append([]string{"node"}, work...), "--folder", folder)...)
	}
}
