package eventnode

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// ErrNotRunning says that no node runs in a folder.
var ErrNotRunning = errors.New("no event node runs in this folder")

// Remote is a node that runs in another process, for the work of an operator.
type Remote struct{ client *http.Client }

// Reach finds the node that runs in a folder. It fails with ErrNotRunning if there is
// none.
func Reach(ctx context.Context, dir string) (*Remote, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, doorName)
	if elsewhere, err := os.Readlink(path); err == nil {
		path = elsewhere
	} else if len(path) > longestSocket {
		return nil, ErrNotRunning
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}
	knock, err := dial(ctx, "", "")
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return nil, ErrNotRunning
	case err != nil:
		return nil, fmt.Errorf("reach the event node in %s: %w", dir, err)
	}
	return &Remote{&http.Client{Transport: &http.Transport{DialContext: dial}}}, knock.Close()
}

// Close gives the way to the node up.
func (r *Remote) Close() error {
	r.client.CloseIdleConnections()
	return nil
}

// Scavenge does what Node.Scavenge does.
func (r *Remote) Scavenge(ctx context.Context) (done Scavenged, err error) {
	err = r.ask(ctx, "/scavenge", nil, &done)
	return done, err
}

// Backup does what Node.Backup does. The folder is one of the node's machine.
func (r *Remote) Backup(ctx context.Context, dir string) (done BackedUp, err error) {
	err = r.ask(ctx, "/backup", url.Values{"to": {dir}}, &done)
	return done, err
}

// Verify does what Node.Verify does.
func (r *Remote) Verify(ctx context.Context) (found Report, err error) {
	err = r.ask(ctx, "/verify", nil, &found)
	return found, err
}

// Export does what Node.Export does. What was written before an error is no archive.
func (r *Remote) Export(ctx context.Context, w io.Writer) error {
	answer, err := r.call(ctx, http.MethodGet, "/export", nil)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(w, answer.Body); errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the event node broke the export off; its log says why: %w", err)
	} else if err != nil {
		return err
	}
	return nil
}

func (r *Remote) ask(ctx context.Context, path string, values url.Values, answer any) error {
	got, err := r.call(ctx, http.MethodPost, path, values)
	if err != nil {
		return err
	}
	defer got.Body.Close()
	return json.NewDecoder(got.Body).Decode(answer)
}

func (r *Remote) call(ctx context.Context, method, path string, values url.Values) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://node"+path, strings.NewReader(values.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := r.client.Do(req)
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		return nil, fmt.Errorf("ask the event node: %w", wrapped.Err)
	}
	if err != nil {
		return nil, err
	}
	if answer.StatusCode == http.StatusOK {
		return answer, nil
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	return nil, errors.Join(err, errors.New(strings.TrimSpace(string(said))))
}
