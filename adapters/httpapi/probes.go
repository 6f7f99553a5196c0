package httpapi

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"skein/domain"
	"skein/projections"
)

func (a *API) probes(r chi.Router, doc *huma.OpenAPI) {
	plain(r, doc, huma.Operation{
		OperationID: "isAlive", Method: http.MethodGet, Path: "/healthz", Tags: operationTag, Responses: text("text/plain"),
		Summary: "See whether the process serves",
	}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n"))
	})
	answers := text("application/json")
	answers["503"] = &huma.Response{Description: "Postgres or the journal does not answer", Content: answers["200"].Content}
	plain(r, doc, huma.Operation{
		OperationID: "isReady", Method: http.MethodGet, Path: "/readyz", Tags: operationTag, Responses: answers,
		Summary:     "See whether Postgres and the journal answer, and which projector lags",
		Description: "lag is in positions of the journal. parked counts the events that a projector passed over because it could not show them. failures counts the attempts to follow the journal that failed since the start, and waiting is the age, in seconds, of the oldest event in hand: where both grow, something fails again and again.",
	}, a.ready)
	asked := prometheus.NewRegistry() // apart from a.Metrics, which is looked at without Postgres
	asked.MustRegister(lot{a})
	plain(r, doc, huma.Operation{
		OperationID: "readMetrics", Method: http.MethodGet, Path: "/metrics", Tags: operationTag, Responses: text("text/plain"),
		Summary: "Read the metrics, as Prometheus takes them",
	}, promhttp.HandlerFor(prometheus.Gatherers{a.Metrics, asked}, promhttp.HandlerOpts{}).ServeHTTP)
}

// readiness is what stands and what is behind.
type readiness struct {
	Ready      bool              `json:"ready"`
	Version    string            `json:"version,omitempty"`
	Postgres   bool              `json:"postgres"`
	Journal    bool              `json:"journal"`
	Position   domain.Position   `json:"position"`
	Projectors map[string]behind `json:"projectors"`
}

type behind struct {
	Reached  domain.Position `json:"reached"`
	Lag      domain.Position `json:"lag"`
	Parked   int             `json:"parked"`
	Failures float64         `json:"failures"`
	Waiting  float64         `json:"waiting"`
}

// ready answers 200 as long as all that is needed answers; a projector that lags
// is said, but does not take the process out of service.
func (a *API) ready(w http.ResponseWriter, r *http.Request) {
	ctx, stop := context.WithTimeout(r.Context(), 2*time.Second)
	defer stop()
	end, err := a.Ready(ctx)
	now := readiness{Version: a.Version, Journal: err == nil, Postgres: true, Position: end, Projectors: map[string]behind{}}
	set, err := projections.Parked(ctx, a.DB)
	now.Postgres = err == nil
	measured := a.measured()
	for _, name := range slices.Sorted(maps.Keys(a.Projectors)) {
		kept, err := a.Projectors[name].Checkpoint(ctx)
		now.Postgres = now.Postgres && err == nil
		reached := max(kept, a.Projectors[name].Reached()) // which is ahead while nothing concerns it
		now.Projectors[name] = behind{reached, max(end, reached) - reached, set[name], measured["skein_feed_failures_total"][name], measured["skein_feed_lag_seconds"][name]}
	}
	now.Ready = now.Postgres && now.Journal
	w.Header().Set("Content-Type", "application/json")
	if !now.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(now)
}
