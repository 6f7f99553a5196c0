package eventnode

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// doorName is the socket for operators within the folder of a node.
const doorName = "admin.sock"

// door is where an operator reaches a running node: HTTP over a unix socket that only
// the owner of the folder can open.
type door struct {
	server  *http.Server
	served  sync.WaitGroup
	calls   sync.RWMutex // each call holds it to read
	shut    context.CancelFunc
	cleanUp func() error
}

// openDoor opens the door of a node. A node whose folder is in memory only has none.
func openDoor(n *Node, cfg Config) (*door, error) {
	if cfg.FS != nil {
		return nil, nil
	}
	listener, cleanUp, err := unixSocket(cfg, doorName)
	if err != nil {
		return nil, err
	}
	d := &door{cleanUp: cleanUp}
	ctx, shut := context.WithCancel(context.Background())
	d.shut = shut
	routes := http.NewServeMux()
	routes.HandleFunc("POST /scavenge", answered(func(r *http.Request) (Scavenged, error) { return n.Scavenge(r.Context()) }))
	routes.HandleFunc("POST /backup", answered(func(r *http.Request) (BackedUp, error) { return n.Backup(r.Context(), r.FormValue("to")) }))
	routes.HandleFunc("POST /verify", answered(func(r *http.Request) (Report, error) { return n.Verify(r.Context()) }))
	routes.HandleFunc("GET /export", func(w http.ResponseWriter, r *http.Request) {
		if err := n.Export(r.Context(), moving{w, http.NewResponseController(w), longestIdle}); err != nil {
			n.log.Error("event node: an export failed", "error", err)
			panic(http.ErrAbortHandler) // so that nobody takes it for whole
		}
	})
	d.server = &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(n.log.Handler(), slog.LevelWarn),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if d.calls.TryRLock() {
				defer d.calls.RUnlock()
				routes.ServeHTTP(w, r)
			}
		}),
	}
	d.served.Go(func() { _ = d.server.Serve(listener) })
	return d, nil
}

// close cuts off what is under way, waits until it has ended, and lets nothing begin.
func (d *door) close() error {
	if d == nil {
		return nil
	}
	d.shut()
	err := d.server.Close()
	d.served.Wait()
	d.calls.Lock()
	return errors.Join(err, d.cleanUp())
}

// answered answers with what is done on a call.
func answered[A any](do func(r *http.Request) (A, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a, err := do(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(a)
	}
}

// longestIdle is how long an export waits for who reads it.
const longestIdle = time.Minute

// moving is an answer that is given up when nobody takes it.
type moving struct {
	io.Writer
	call *http.ResponseController
	idle time.Duration
}

// Write implements io.Writer.
func (m moving) Write(p []byte) (int, error) {
	if err := m.call.SetWriteDeadline(time.Now().Add(m.idle)); err != nil {
		return 0, err
	}
	return m.Writer.Write(p)
}
