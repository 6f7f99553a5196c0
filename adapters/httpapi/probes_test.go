package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"skein/domain"
	"skein/projections"
)

func TestProbes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(http.StatusOK, w.ask("GET", "/healthz", "", "Authorization", ""))
	w.want(http.StatusOK, w.ask("HEAD", "/healthz", ""))
	ready := w.want(http.StatusOK, w.ask("GET", "/readyz", "", "Authorization", ""))
	if ready.at("projectors", "contacts", "lag") != "0" || ready.at("postgres") != "true" || ready.at("journal") != "true" {
		t.Errorf("ready: %s", ready.text)
	}

	w.Ready = func(context.Context) (domain.Position, error) { return w.end() + 7, nil }
	if behind := w.want(http.StatusOK, w.ask("GET", "/readyz", "")); behind.at("projectors", "spaces", "lag") != "7" {
		t.Errorf("behind: %s", behind.text)
	}
	w.Ready = func(context.Context) (domain.Position, error) { return 0, errors.New("no journal") }
	if dead := w.want(http.StatusServiceUnavailable, w.ask("GET", "/readyz", "")); dead.at("journal") != "false" || strings.Contains(dead.text, "no journal") {
		t.Errorf("without a journal: %s", dead.text)
	}
	w.Ready = func(context.Context) (domain.Position, error) { return w.end(), nil }
	w.Projectors["spaces"].DB.Close()
	dead := w.askIn(t.Context(), "GET", "/readyz", "")
	if w.want(http.StatusServiceUnavailable, dead); dead.at("postgres") != "false" {
		t.Errorf("without Postgres: %s", dead.text)
	}
}

// What a projector passed over, and what it fails at again and again, shows, and
// takes nothing out of service.
func TestParkedShows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := projections.Park(t.Context(), w.DB, "contacts", 7, "contact-x", "contact.created", errors.New("too long")); err != nil {
		t.Fatal(err)
	}
	failures := prometheus.NewCounter(prometheus.CounterOpts{Name: "skein_feed_failures_total", Help: "?", ConstLabels: prometheus.Labels{"follower": "spaces"}})
	w.Metrics.MustRegister(failures)
	failures.Inc()
	ready := w.want(http.StatusOK, w.ask("GET", "/readyz", ""))
	if ready.at("projectors", "contacts", "parked") != "1" || ready.at("projectors", "spaces", "parked") != "0" || ready.at("projectors", "spaces", "failures") != "1" || ready.at("ready") != "true" {
		t.Errorf("ready: %s", ready.text)
	}
	if m := w.ask("GET", "/metrics", ""); !strings.Contains(m.text, `skein_parked_events{projection="contacts"} 1`) {
		t.Errorf("metrics: %s", m.text)
	}
}

// TestMetrics counts requests by route, not by address.
func TestMetrics(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.contact(`{"first_name":"Ada"}`)
	w.ask("GET", "/nowhere", "")
	r := w.want(http.StatusOK, w.ask("GET", "/metrics", ""))
	for _, want := range []string{
		`skein_http_requests_total{method="POST",route="/v1/spaces/{space}/contacts",status="201"} 1`,
		`skein_http_requests_total{method="any",route="none",status="404"} 1`,
		`skein_http_request_duration_seconds_count{method="POST",route="/v1/spaces/{space}/contacts"} 1`,
	} {
		if !strings.Contains(r.text, want) {
			t.Errorf("no %s in %s", want, r.text)
		}
	}
}

// TestHeaders keeps answers where they belong.
func TestHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{"/v1/me", "/nowhere", "/healthz"} {
		h := w.ask("GET", path, "").Header
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" || !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %v", path, h)
		}
	}
}
