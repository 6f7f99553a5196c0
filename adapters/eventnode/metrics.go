package eventnode

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// counts is what is counted of a node since it started.
type counts struct {
	appends, events, bytes     prometheus.Counter
	reads, reopened, scavenged prometheus.Counter
	subscriptions              prometheus.Gauge
	refused                    *prometheus.CounterVec
	answers, syncs             prometheus.Histogram
	all                        []prometheus.Collector
}

// Why something is refused.
const (
	badVersion = "wrong_version"
	badStream  = "stream_deleted"
	badSize    = "too_large"
	badRequest = "malformed"
	badLogin   = "login"
	badDisk    = "disk"
)

// latencies are upper bounds of seconds.
var latencies = []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}

func newCounts(n *Node) *counts {
	c := &counts{}
	counter := func(name, help string) prometheus.Counter {
		m := prometheus.NewCounter(prometheus.CounterOpts{Name: "skein_node_" + name, Help: help})
		c.all = append(c.all, m)
		return m
	}
	gauge := func(name, help string, value func() float64) {
		c.all = append(c.all, prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "skein_node_" + name, Help: help}, value))
	}
	histogram := func(name, help string) prometheus.Histogram {
		m := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "skein_node_" + name, Help: help, Buckets: latencies})
		c.all = append(c.all, m)
		return m
	}
	c.appends = counter("appends_total", "Appends that were written and synced.")
	c.events = counter("events_total", "Events of those appends.")
	c.bytes = counter("bytes_total", "Bytes of data, metadata and types of those events.")
	c.reads = counter("reads_total", "Reads of streams and of all events. Subscriptions are not among them.")
	c.reopened = counter("reopened_total", "Times the store was opened again after the disk failed.")
	c.scavenged = counter("scavenged_events_total", "Events that were removed for good.")
	c.answers = histogram("append_duration_seconds", "Time from an append that has arrived to its answer, which waits for the disk.")
	c.syncs = histogram("sync_duration_seconds", "Time the disk took to sync the log; appends that wait together are synced together.")
	c.subscriptions = prometheus.NewGauge(prometheus.GaugeOpts{Name: "skein_node_subscriptions", Help: "Subscriptions that are open."})
	c.refused = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "skein_node_refused_total", Help: "Requests that were refused, by reason."}, []string{"reason"})
	c.all = append(c.all, c.subscriptions, c.refused)
	for _, reason := range []string{badVersion, badStream, badSize, badRequest, badLogin, badDisk} {
		c.refused.WithLabelValues(reason)
	}
	gauge("position", "Position of the last event that is synced.", func() float64 { return float64(n.tail.last()) })
	gauge("writable", "1 while appends are taken; 0 while the disk is full or the store is not open again after a failure.", func() float64 {
		if _, err := n.store().guard.state(); err != nil {
			return 0
		}
		return 1
	})
	var size atomic.Uint64
	gauge("store_bytes", "Bytes of the store's files, as last known when the disk is in trouble.", func() float64 {
		select {
		case <-n.closing:
		default:
			s := n.store()
			_ = s.unlessTrouble(func() error { size.Store(s.db.Metrics().DiskSpaceUsage()); return nil })
		}
		return float64(size.Load())
	})
	return c
}

// Describe implements prometheus.Collector.
func (n *Node) Describe(to chan<- *prometheus.Desc) {
	for _, m := range n.counts.all {
		m.Describe(to)
	}
}

// Collect implements prometheus.Collector.
func (n *Node) Collect(to chan<- prometheus.Metric) {
	for _, m := range n.counts.all {
		m.Collect(to)
	}
}

func (c *counts) refuse(reason string) { c.refused.WithLabelValues(reason).Inc() }

// decided counts what became of a change, and says whether that was written.
func (c *counts) decided(out outcome, err error) bool {
	switch {
	case errors.Is(err, errUnwritable):
		c.refuse(badDisk)
	case err != nil:
	case out.verdict == deleted:
		c.refuse(badStream)
	case out.verdict == wrongVersion:
		c.refuse(badVersion)
	default:
		return out.verdict == write
	}
	return false
}

// appended counts an append that was decided on.
func (c *counts) appended(out outcome, err error, events, bytes int, took time.Duration) {
	if c.decided(out, err) {
		c.appends.Inc()
		c.events.Add(float64(events))
		c.bytes.Add(float64(bytes))
		c.answers.Observe(took.Seconds())
	}
}
