package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"skein/adapters/eventnode"
)

// nodeServe runs the event node alone.
type nodeServe struct {
	Listen      string `env:"SKEIN_NODE_LISTEN" default:"127.0.0.1:2113" help:"Address of the node."`
	Certificate string `env:"SKEIN_NODE_CERTIFICATE" type:"path" placeholder:"FILE" help:"Certificate in PEM, with those between it and its authority. Clients then connect over TLS only."`
	KeyFile     string `env:"SKEIN_NODE_KEY_FILE" type:"path" placeholder:"FILE" help:"Private key of the certificate, in PEM."`
	Users       string `env:"SKEIN_NODE_USERS_FILE" type:"path" placeholder:"FILE" help:"Who may use the node: name:password, one a line, in a file that nobody else can read. SKEIN_NODE_USERS can hold the lines themselves. Takes a certificate, for clients send no password without TLS."`
	Insecure    bool   `env:"SKEIN_NODE_INSECURE" help:"Let other machines in without a certificate or users: whoever reaches the address can read and write everything."`
	Metrics     string `env:"SKEIN_NODE_METRICS" placeholder:"HOST:PORT" help:"Address at which Prometheus finds /metrics. Not set: none."`
}

// Run serves until ctx is over.
func (cmd nodeServe) Run(ctx context.Context, s *settings, of *node) (err error) {
	collectSeldom()
	cfg := eventnode.Config{Dir: of.folder(s), Listen: cmd.Listen, Log: s.log(), Insecure: cmd.Insecure}
	if cfg.TLS, err = cmd.tls(s); err != nil {
		return err
	}
	if cfg.Users, err = cmd.users(); err != nil {
		return err
	}
	n, err := eventnode.Start(cfg)
	switch {
	case errors.Is(err, eventnode.ErrInUse):
		return fmt.Errorf("%w: stop the skein that runs there, or name another folder with --data", err)
	case errors.Is(err, eventnode.ErrOpen):
		return fmt.Errorf("%w: give it --certificate, --key-file and --users, or say --insecure if that is what you want", err)
	case errors.Is(err, eventnode.ErrUsersNeedTLS):
		return fmt.Errorf("%w: give it --certificate and --key-file, or no users", err)
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%w: set SKEIN_NODE_LISTEN to another address, or stop what listens there", err)
	case err != nil:
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	metrics, err := cmd.metrics(s, n)
	if err != nil {
		return err
	}
	defer func() {
		bounded, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer stop()
		if metrics.Shutdown(bounded) != nil { // a node that is closed must not be asked
			err = errors.Join(err, metrics.Close()) // by those who hang on
		}
	}()
	fmt.Fprintf(s.out, "The event node is at %s\n", cmd.connection(n.Target()))
	if cmd.Metrics != "" {
		fmt.Fprintf(s.out, "Its metrics are at http://%s/metrics\n", metrics.Addr)
	}
	fmt.Fprintf(s.out, "Its folder is %s\n", absolute(cfg.Dir))
	<-ctx.Done()
	return nil
}

// connection is what EVENTSTORE is set to, so that another process uses the node.
func (cmd nodeServe) connection(target string) string {
	host, port, err := net.SplitHostPort(target)
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		if name, err := os.Hostname(); err == nil {
			target = net.JoinHostPort(name, port)
		}
	}
	switch {
	case cmd.Certificate == "":
		return "esdb://" + target + "?tls=false"
	case cmd.Users == "" && os.Getenv(usersVariable) == "":
		return "esdb://" + target
	}
	return "esdb://USER:PASSWORD@" + target
}

func (cmd nodeServe) tls(s *settings) (*tls.Config, error) {
	if cmd.Certificate == "" && cmd.KeyFile == "" {
		return nil, nil
	}
	if cmd.Certificate == "" || cmd.KeyFile == "" {
		return nil, errors.New("a certificate and its key go together: give --certificate and --key-file")
	}
	pair, err := tls.LoadX509KeyPair(cmd.Certificate, cmd.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("certificate of the event node: %w", err)
	}
	if open, err := othersRead(cmd.KeyFile); err != nil {
		return nil, fmt.Errorf("certificate of the event node: %w", err)
	} else if open {
		s.log().Warn("others can read the private key of the event node: chmod 600 it", "file", cmd.KeyFile)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

// metrics serves what the node counts, if it is to be served.
func (cmd nodeServe) metrics(s *settings, n *eventnode.Node) (*http.Server, error) {
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second}
	if cmd.Metrics == "" {
		return server, nil
	}
	listener, err := net.Listen("tcp", cmd.Metrics)
	if err != nil {
		return nil, fmt.Errorf("address for metrics: %w", err)
	}
	registry := prometheus.NewRegistry()
	if err := registry.Register(n); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	routes := http.NewServeMux()
	routes.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	server.Addr, server.Handler = listener.Addr().String(), routes
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.log().Error("metrics are not served any more", "error", err)
		}
	}()
	return server, nil
}
