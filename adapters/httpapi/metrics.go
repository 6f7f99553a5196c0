package httpapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// meter counts requests and how long they take.
type meter struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMeter(in *prometheus.Registry) *meter {
	m := &meter{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "skein_http_requests_total", Help: "Requests answered.",
		}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "skein_http_request_duration_seconds", Help: "Time from a request to the end of its answer.",
			Buckets: []float64{.00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 60},
		}, []string{"method", "route"}),
	}
	in.MustRegister(m.requests, m.seconds)
	return m
}

// count counts a request under the pattern of its route, so that there are only
// as many series as routes.
func (m *meter) count(r *http.Request, status int, took time.Duration) {
	method, route := r.Method, r.Pattern
	if route == "" {
		method, route = "any", "none"
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(method, route).Observe(took.Seconds())
}
