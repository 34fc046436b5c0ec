// SPDX-License-Identifier: Apache-2.0

package bench_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

// connections is how many clients send at once, each on a connection of its own
// and each waiting for its answer before it sends again.
const connections = 64

// load is what one round measured.
type load struct {
	perSecond float64
	p50, p99  time.Duration
	cpu       time.Duration // a request, of this whole process: the client's is in it
}

// processorTime is what this process has used so far.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	check(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// send drives the address for the duration. The request of each connection and
// number comes from body; any status but want ends the benchmark. The client is
// bare on purpose: it shares the two cores with the server.
func send(b *testing.B, address, token string, duration time.Duration, want int, path func(connection, n int) (id, body string)) load {
	b.Helper()
	var group sync.WaitGroup
	times := make([][]time.Duration, connections)
	deadline := time.Now().Add(duration)
	for c := range connections {
		group.Go(func() {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			reader := bufio.NewReader(conn)
			for n := 0; time.Now().Before(deadline); n++ {
				id, body := path(c, n)
				start := time.Now()
				if err := exchange(conn, reader, token, id, body, want); err != nil {
					b.Error(err)
					return
				}
				times[c] = append(times[c], time.Since(start))
			}
		})
	}
	start, used := time.Now(), processorTime(b)
	group.Wait()
	used = processorTime(b) - used
	all := slices.Concat(times...)
	if len(all) == 0 {
		b.Fatal("nothing was answered")
	}
	slices.Sort(all)
	return load{
		perSecond: float64(len(all)) / time.Since(start).Seconds(),
		p50:       all[len(all)/2],
		p99:       all[len(all)*99/100],
		cpu:       used / time.Duration(len(all)),
	}
}

func exchange(conn net.Conn, reader *bufio.Reader, token, id, body string, want int) error {
	_, err := fmt.Fprintf(conn, "PUT /api/v1/bindings/%s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		id, token, len(body), body)
	if err != nil {
		return err
	}
	answer, err := http.ReadResponse(reader, nil)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != want {
		err = fmt.Errorf("status %d, want %d: %s", answer.StatusCode, want, text)
	}
	return err
}

// median returns the middle load by throughput, with the middle p99 and CPU time.
func median(rounds []load) load {
	slices.SortFunc(rounds, func(x, y load) int { return int(x.perSecond - y.perSecond) })
	m := rounds[len(rounds)/2]
	slices.SortFunc(rounds, func(x, y load) int { return int(x.p99 - y.p99) })
	m.p99 = rounds[len(rounds)/2].p99
	slices.SortFunc(rounds, func(x, y load) int { return int(x.cpu - y.cpu) })
	m.cpu = rounds[len(rounds)/2].cpu
	return m
}
