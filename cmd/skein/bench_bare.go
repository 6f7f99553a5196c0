package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/go-chi/chi/v5"
)

// bare is the least that a server can be: the router of the product, and behind it
// nothing, or the product's store without the product.
type bare struct {
	Store string `type:"path" placeholder:"FOLDER" help:"Keep in a store what is posted, and answer once it is safe."`
	Fill  int    `help:"Keep so many records before serving."`
}

// Run serves until ctx is over.
func (cmd bare) Run(ctx context.Context, s *settings) (err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer listener.Close()
	keep := func() error { return nil }
	if cmd.Store != "" {
		var done func() error
		if keep, done, err = openBare(cmd.Store, cmd.Fill); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, done()) }()
	}
	mux := chi.NewMux()
	mux.Get("/healthz", func(http.ResponseWriter, *http.Request) {})
	mux.Post("/", func(w http.ResponseWriter, r *http.Request) {
		if err := keep(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusCreated)
	})
	mux.Post("/json", echo)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(ctx, func() { server.Close() })()
	fmt.Fprintf(s.out, "Nothing is at http://%s\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// echo decodes a body like that of a command, and answers like one.
func echo(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Fields map[string]string `json:"fields"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(map[string]string{"id": body.Fields["phone"]})
}

// openBare opens a store in a folder. Each call of keep makes one record safe.
func openBare(folder string, fill int) (keep, done func() error, err error) {
	db, err := pebble.Open(folder, &pebble.Options{Logger: mute{}})
	if err != nil {
		return nil, nil, err
	}
	var last atomic.Uint64
	last.Store(uint64(time.Now().UnixNano())) // behind all that was kept before
	record := make([]byte, 300)
	write := func(options *pebble.WriteOptions) error {
		return db.Set(binary.BigEndian.AppendUint64(nil, last.Add(1)), record, options)
	}
	for range fill {
		if err := write(pebble.NoSync); err != nil {
			return nil, nil, errors.Join(err, db.Close())
		}
	}
	return func() error { return write(pebble.Sync) }, db.Close, nil
}

// mute is a logger for stores whose chatter is of no interest.
type mute struct{}

// Infof implements pebble.Logger.
func (mute) Infof(string, ...any) {}

// Errorf implements pebble.Logger.
func (mute) Errorf(string, ...any) {}

// Fatalf implements pebble.Logger.
func (mute) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
