// SPDX-License-Identifier: Apache-2.0

package webhook_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// clockwork is a receiver that notes how long after its commit an event came.
type clockwork struct {
	mu    sync.Mutex
	delay []time.Duration
	count atomic.Int64
}

func (c *clockwork) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Payload struct{ Object struct{ At int64 } }
	}
	_ = json.NewDecoder(r.Body).Decode(&body)
	c.mu.Lock()
	c.delay = append(c.delay, time.Since(time.Unix(0, body.Payload.Object.At)))
	c.mu.Unlock()
	c.count.Add(1)
	w.WriteHeader(http.StatusNoContent)
}

// quantile is of the events that came.
func (c *clockwork) quantile(q float64) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	slices.Sort(c.delay)
	return c.delay[int(q*float64(len(c.delay)-1))]
}

// stamped is an event that carries when it was handed to the database. The
// commit itself therefore counts as part of the delay.
func stamped(n int) convoke.Event {
	return convoke.NewEvent(convoke.EventUserUpdated, time.Now(), convoke.Payload{
		AccountID: home, Operator: "host app", OperatorID: string(client), Object: map[string]any{
			"id": fmt.Sprint("user", n%1000), "at": time.Now().UnixNano(), "email": "somebody@example.com",
			"first_name": "Somebody", "last_name": "Else", "type": 2,
		},
	})
}

// flow commits events at the rate, each in a change of its own, until it has count.
func (w *world) flow(rate, count int) {
	start := time.Now()
	var writers sync.WaitGroup
	var next atomic.Int64
	for range 64 {
		writers.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= count {
					return
				}
				time.Sleep(time.Until(start.Add(time.Duration(n) * time.Second / time.Duration(rate))))
				w.commit(stamped(n))
			}
		})
	}
	writers.Wait()
}

// BenchmarkOneReceiver commits 2,000 events a second to one subscription.
func BenchmarkOneReceiver(b *testing.B) {
	for b.Loop() {
		const rate, count = 2000, 20_000
		w := newWorld(b, "")
		r := &clockwork{}
		w.subscribe(serve(b, r))
		stop := w.run(w.db, nil)
		start := time.Now()
		w.flow(rate, count)
		committed := time.Since(start)
		w.eventually("all have come", func() bool { return r.count.Load() >= count })
		b.ReportMetric(count/time.Since(start).Seconds(), "events/s")
		b.ReportMetric(count/committed.Seconds(), "commits/s")
		b.ReportMetric(float64(r.quantile(0.5).Microseconds())/1000, "median-ms")
		b.ReportMetric(float64(r.quantile(0.95).Microseconds())/1000, "p95-ms")
		stop()
	}
}

// BenchmarkBacklog drains a backlog to one receiver; the memory at the end of
// each tenth must not grow.
func BenchmarkBacklog(b *testing.B) {
	const count = 1_000_000
	for b.Loop() {
		w := newWorld(b, "")
		r := &clockwork{}
		w.subscribe(serve(b, r))
		for n := 0; n < count; n += 1000 {
			var list []convoke.Event
			for i := range 1000 {
				list = append(list, stamped(n+i))
			}
			w.commit(list...)
		}
		start := time.Now()
		stop := w.run(w.db, nil)
		var peaks []float64
		for tenth := int64(1); tenth <= 10; tenth++ {
			for r.count.Load() < tenth*count/10 {
				time.Sleep(5 * time.Millisecond)
			}
			r.mu.Lock()
			r.delay = nil
			r.mu.Unlock()
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			peaks = append(peaks, float64(m.HeapAlloc)/(1<<20))
		}
		b.ReportMetric(count/time.Since(start).Seconds(), "events/s")
		b.ReportMetric(peaks[0], "MB-first-tenth")
		b.ReportMetric(peaks[9], "MB-last-tenth")
		stop()
	}
}

// BenchmarkHangingReceivers has events go to 50 receivers that answer, first
// alone and then with 50 more that hang.
func BenchmarkHangingReceivers(b *testing.B) {
	for b.Loop() {
		alone, _ := medianOfMany(b, 0)
		among, _ := medianOfMany(b, 50)
		b.ReportMetric(float64(alone.Microseconds())/1000, "alone-ms")
		b.ReportMetric(float64(among.Microseconds())/1000, "with-50-hanging-ms")
		b.ReportMetric(float64(among)/float64(alone), "ratio")
	}
}

func medianOfMany(b *testing.B, hanging int) (median, p95 time.Duration) {
	const rate, count, healthy = 10, 200, 50
	w := newWorld(b, "")
	r := &clockwork{}
	for range healthy {
		w.subscribe(serve(b, r))
	}
	gate := make(chan struct{})
	hang := http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		select {
		case <-gate:
		case <-request.Context().Done():
		}
	})
	for range hanging {
		w.subscribe(serve(b, hang))
	}
	stop := w.run(w.db, nil)
	w.flow(rate, count)
	w.eventually("all have come", func() bool { return r.count.Load() >= healthy*count })
	close(gate)
	stop()
	return r.quantile(0.5), r.quantile(0.95)
}
