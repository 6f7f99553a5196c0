package feed

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"skein/projections"
)

// counts is what is counted of one follower.
type counts struct {
	pages, events, failures, parked prometheus.Counter
	size                            prometheus.Histogram
	position                        prometheus.Gauge

	oldest atomic.Int64 // when the first event of the page in hand was recorded; 0 without one
}

// countsOf makes the metrics of a follower, and registers them if there is a place for
// that.
func countsOf(follower string, with prometheus.Registerer) (*counts, error) {
	label := prometheus.Labels{"follower": follower}
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "skein_feed_" + name, Help: help, ConstLabels: label})
	}
	c := &counts{
		pages:    counter("pages_total", "Pages of the journal that were followed."),
		events:   counter("events_total", "Events that concerned the follower and were followed."),
		failures: counter("failures_total", "Attempts to follow a page that failed."),
		parked:   counter("parked_total", "Events that could not be followed and were put aside."),
		size: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "skein_feed_page_events", Help: "Events of a page that concerned the follower.", ConstLabels: label,
			Buckets: []float64{0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512},
		}),
		position: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "skein_feed_position", Help: "Position in the journal up to which was followed.", ConstLabels: label,
		}),
	}
	lag := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "skein_feed_lag_seconds", Help: "Age of the oldest event that has arrived and was not followed yet; 0 when there is none.",
		ConstLabels: label,
	}, c.lag)
	if with == nil {
		return c, nil
	}
	for _, m := range []prometheus.Collector{c.pages, c.events, c.failures, c.parked, c.size, c.position, lag} {
		if err := with.Register(m); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *counts) lag() float64 {
	if oldest := c.oldest.Load(); oldest != 0 {
		return time.Since(time.Unix(0, oldest)).Seconds()
	}
	return 0
}

// followed counts a page that was followed, and is not in hand any more.
func (c *counts) followed(page projections.Page) {
	c.oldest.Store(0)
	c.pages.Inc()
	c.events.Add(float64(len(page.Events)))
	c.size.Observe(float64(len(page.Events)))
	c.position.Set(float64(page.End))
}
