package httpapi

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"skein/projections"
)

// measured are the metrics of those who follow the journal, by name and follower.
func (a *API) measured() map[string]map[string]float64 {
	all := map[string]map[string]float64{}
	families, _ := a.Metrics.Gather() // what could be gathered counts
	for _, family := range families {
		values := map[string]float64{}
		all[family.GetName()] = values
		for _, m := range family.GetMetric() {
			for _, label := range m.GetLabel() {
				if label.GetName() == "follower" {
					values[label.GetValue()] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
				}
			}
		}
	}
	return all
}

// lot is the metric of parked events. Unlike what the feed counts it outlives the
// process.
type lot struct{ *API }

var parkedEvents = prometheus.NewDesc("skein_parked_events", "Events that a projection passed over because it could not show them.", []string{"projection"}, nil)

// Describe implements prometheus.Collector.
func (lot) Describe(to chan<- *prometheus.Desc) { to <- parkedEvents }

// Collect implements prometheus.Collector. Without Postgres there is no such metric.
func (l lot) Collect(to chan<- prometheus.Metric) {
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Second)
	defer stop()
	counts, err := projections.Parked(ctx, l.DB)
	if err != nil {
		return
	}
	for name := range l.Projectors {
		to <- prometheus.MustNewConstMetric(parkedEvents, prometheus.GaugeValue, float64(counts[name]), name)
	}
}
