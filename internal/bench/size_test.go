// SPDX-License-Identifier: Apache-2.0

package bench_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/config"
)

const (
	few  = 1_000
	many = 1_000_000
)

// BenchmarkEnsureAgainAmongAMillion looks people up in an account of 1,000 users
// and in one of 1,000,000; the promise is a cost of at most 1.2 times.
func BenchmarkEnsureAgainAmongAMillion(b *testing.B) {
	small, large := newProduct(b), newProduct(b)
	small.fillFast(b, few)
	large.fillFast(b, many)
	again := func(p *product, count int) func() load {
		return func() load { return send(b, p.address, p.token, roundTime, http.StatusOK, anyOf(count)) }
	}
	growth(b, "ensure, again", again(small, few), again(large, many))
}

// growth measures what it costs to find one among many instead of among few, and
// what that costs when nothing is done but one look-up by a unique key: the
// deeper tree and the colder pages are nobody's fault.
func growth(b *testing.B, what string, amongFew, amongMany func() load) {
	b.Helper()
	bare := func(count int) func() load {
		address := fullFloor(b, count)
		return func() load { return send(b, address, "", roundTime, http.StatusOK, anyOf(count)) }
	}
	each := []func() load{bare(few), bare(many), amongFew, amongMany}
	settle(b)
	for b.Loop() {
		loads := make([][]load, len(each))
		for range rounds {
			for i, measure := range each {
				loads[i] = append(loads[i], measure())
			}
		}
		var rates [4]float64
		for i := range each {
			rates[i] = median(loads[i]).perSecond
		}
		fmt.Printf("%-16s %d users %7.0f/s | %d users %7.0f/s | cost x%.2f (bare look-ups x%.2f)\n",
			what, few, rates[2], many, rates[3], rates[2]/rates[3], rates[0]/rates[1])
		b.ReportMetric(rates[2]/rates[3], "x-cost")
		b.ReportMetric(rates[0]/rates[1], "x-floor-cost")
	}
}

// settle waits until the process has next to nothing to do: after a million new
// users the audit log is still being sealed for a while, beside what is measured.
func settle(b *testing.B) {
	b.Helper()
	const look, idle, longest = time.Second, 50 * time.Millisecond, 5 * time.Minute
	for deadline := time.Now().Add(longest); time.Now().Before(deadline); {
		used := processorTime(b)
		time.Sleep(look)
		if processorTime(b)-used < idle {
			return
		}
	}
	b.Fatal("the products do not come to rest")
}

// fillFast makes people by batches, many at once.
func (p *product) fillFast(b *testing.B, count int) {
	b.Helper()
	const size = 1000
	turns := make(chan int, count/size)
	for n := range count / size {
		turns <- n * size
	}
	close(turns)
	ended := make(chan error)
	const workers = 4
	for range workers {
		go func() {
			for first := range turns {
				if err := p.batch(first, size); err != nil {
					ended <- err
					return
				}
			}
			ended <- nil
		}()
	}
	for range workers {
		check(b, <-ended)
	}
}

func (p *product) batch(first, size int) error {
	var body bytes.Buffer
	body.WriteString(`{"bindings":[`)
	for i := range size {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"external_id":"same-%d","email":"same-%d@people.example.com","first_name":"Jane","last_name":"Roe"}`, first+i, first+i)
	}
	body.WriteString(`]}`)
	request, err := http.NewRequest(http.MethodPost, "http://"+p.address+"/api/v1/bindings:batch", &body)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+p.token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("batch: status %d", answer.StatusCode)
	}
	return nil
}

// anyOf walks the people in steps that visit all of them, so that no few rows
// stay in a cache.
func anyOf(count int) func(connection, n int) (string, string) {
	return func(connection, n int) (string, string) {
		id := fmt.Sprintf("same-%d", (connection*15485863+n*7919)%count)
		return id, person(id)
	}
}

// BenchmarkStart measures the real program: from its start to its first answer
// of /readyz (promise: 1 s), and its memory at idle with media (promise: under
// 120 MB), with an empty database and with one of a million users.
func BenchmarkStart(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "convoke")
	build := exec.Command("go", "build", "-o", binary, "github.com/convoke/convoke/cmd/convoke")
	build.Stderr = os.Stderr
	check(b, build.Run())
	full := b.TempDir()
	fillDataDir(b, full, many)
	for b.Loop() {
		for _, data := range []struct{ name, dir string }{{"empty", b.TempDir()}, {"1,000,000 users", full}} {
			var times []time.Duration
			var memory int
			for range rounds {
				took, resident := startOnce(b, binary, data.dir)
				times, memory = append(times, took), max(memory, resident)
			}
			slices.Sort(times)
			fmt.Printf("start (%s) median %v | memory at idle %d MB (promises: 1 s, 120 MB)\n", data.name, times[rounds/2], memory>>10)
			b.ReportMetric(times[rounds/2].Seconds(), "s-to-ready")
			b.ReportMetric(float64(memory>>10), "MB-idle")
		}
	}
}

func fillDataDir(b *testing.B, dir string, count int) {
	b.Helper()
	p, stop := startProduct(b, dir)
	defer stop()
	p.fillFast(b, count)
}

// startOnce returns how long the program took to be ready, and its resident
// memory in KB after it had been idle for a moment.
func startOnce(b *testing.B, binary, dir string) (took time.Duration, residentKB int) {
	b.Helper()
	const address = "127.0.0.1:18080"
	command := exec.Command(binary, "serve", "--data-dir", dir, "--listen", address, "--media-udp-port", "0")
	start := time.Now()
	check(b, command.Start())
	defer func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	}()
	for {
		answer, err := http.Get("http://" + address + "/readyz")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				break
			}
		}
		if time.Since(start) > time.Minute {
			b.Fatal("the program does not become ready")
		}
		time.Sleep(2 * time.Millisecond)
	}
	took = time.Since(start)
	time.Sleep(2 * time.Second) // idle is what is measured
	return took, resident(b, command.Process.Pid)
}

func resident(b *testing.B, pid int) int {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	check(b, err)
	for line := range strings.Lines(string(raw)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.Fields(value)[0])
			check(b, err)
			return kb
		}
	}
	b.Fatal("no VmRSS in /proc")
	return 0
}

// quiet is the configuration of a server for benchmarks.
func quiet(b *testing.B, dir string) (config.Config, *slog.Logger) {
	b.Helper()
	c, err := config.Load(config.Sources{
		Flags:  map[string]string{"data-dir": dir, "listen": "127.0.0.1:0", "media-udp-port": "0"},
		Lookup: func(string) (string, bool) { return "", false },
	})
	check(b, err)
	return c, slog.New(slog.DiscardHandler)
}
