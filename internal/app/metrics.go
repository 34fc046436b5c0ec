// SPDX-License-Identifier: Apache-2.0

package app

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics is what GET /metrics shows: the requests of each door, the process,
// and what the media server registers with the default registry.
type metrics struct {
	registry *prometheus.Registry
	duration *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "convoke_http_request_duration_seconds",
			Help:    "Time to answer a request, by door, method and status.",
			Buckets: []float64{.001, .005, .025, .1, .5, 2.5, 10},
		}, []string{"door", "method", "code"}),
	}
	m.registry.MustRegister(m.duration, collectors.NewBuildInfoCollector())
	return m
}

// count measures a door's requests.
func (m *metrics) count(door string, next http.Handler) http.Handler {
	return promhttp.InstrumentHandlerDuration(m.duration.MustCurryWith(prometheus.Labels{"door": door}), next)
}

// handler shows our registry and the default one, which holds the Go runtime's,
// the process's and the media server's metrics.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(prometheus.Gatherers{m.registry, prometheus.DefaultGatherer}, promhttp.HandlerOpts{})
}
