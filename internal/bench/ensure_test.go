// SPDX-License-Identifier: Apache-2.0

package bench_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/app"
	"github.com/convoke/convoke/internal/config"
)

// roundTime and rounds give each figure; floor and product take turns, so that
// a noisy minute hits both.
const (
	roundTime = 3 * time.Second
	rounds    = 5
)

// product is a whole server in this process, with an app's token.
type product struct {
	server  *app.App
	address string
	token   string
}

func newProduct(b *testing.B) *product {
	b.Helper()
	p, stop := startProduct(b, b.TempDir())
	b.Cleanup(stop)
	return p
}

// startProduct starts a server on the data dir; stop ends it.
func startProduct(b *testing.B, dir string) (p *product, stop func()) {
	b.Helper()
	c, logger := quiet(b, dir)
	server, err := app.New(context.Background(), c, logger)
	check(b, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	p = &product{server: server, address: strings.TrimPrefix(server.URL(), "http://")}
	p.token = p.newToken(b, c, logger)
	return p, func() {
		cancel()
		check(b, <-ended)
	}
}

func (p *product) newToken(b *testing.B, c config.Config, logger *slog.Logger) string {
	admin, err := app.OpenAdmin(context.Background(), c, logger)
	check(b, err)
	defer admin.Close()
	credentials, err := admin.CreateApp(context.Background(), "", app.ClientForm{Name: "bench", Scopes: "user:write:admin meeting:write:admin scim2:admin"})
	check(b, err)
	form := url.Values{"grant_type": {"account_credentials"}, "account_id": {credentials.AccountID}}
	request, err := http.NewRequest(http.MethodPost, "http://"+p.address+"/oauth/token", strings.NewReader(form.Encode()))
	check(b, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(credentials.ClientID, credentials.ClientSecret)
	answer, err := http.DefaultClient.Do(request)
	check(b, err)
	defer answer.Body.Close()
	var token struct {
		AccessToken string `json:"access_token"`
	}
	check(b, json.NewDecoder(answer.Body).Decode(&token))
	return token.AccessToken
}

func serveFloor(b *testing.B) (f *floor, address string) {
	f = newFloor(b)
	server := httptest.NewServer(f)
	b.Cleanup(server.Close)
	return f, server.Listener.Addr().(*net.TCPAddr).String()
}

func person(id string) string {
	return fmt.Sprintf(`{"email":"%s@people.example.com","first_name":"Jane","last_name":"Roe"}`, id)
}

// newPeople gives every request of every round a person never seen before.
func newPeople(round int) func(connection, n int) (string, string) {
	return func(connection, n int) (string, string) {
		id := fmt.Sprintf("new-%d-%d-%d", round, connection, n)
		return id, person(id)
	}
}

// samePeople goes round 1,000 people.
func samePeople(connection, n int) (string, string) {
	id := fmt.Sprintf("same-%d", (connection*1009+n)%1000)
	return id, person(id)
}

// report prints the comparison and leaves the ratios in the benchmark's line.
func report(b *testing.B, what string, ours, floors []load) {
	b.Helper()
	o, f := median(ours), median(floors)
	fmt.Printf("%-16s convoke %7.0f/s p50 %v p99 %v cpu %v | floor %7.0f/s p50 %v p99 %v cpu %v | rate x%.2f, p99 x%.2f, cpu x%.2f\n",
		what, o.perSecond, o.p50, o.p99, o.cpu, f.perSecond, f.p50, f.p99, f.cpu,
		o.perSecond/f.perSecond, float64(o.p99)/float64(f.p99), float64(o.cpu)/float64(f.cpu))
	b.ReportMetric(o.perSecond, "ensures/s")
	b.ReportMetric(o.perSecond/f.perSecond, "x-floor-rate")
	b.ReportMetric(float64(o.p99)/float64(f.p99), "x-floor-p99")
	b.ReportMetric(float64(o.cpu)/float64(f.cpu), "x-floor-cpu")
}

// BenchmarkEnsureNew makes users; the promise is at least 0.5 of the floor's
// writes a second, with p99 at most twice the floor's.
func BenchmarkEnsureNew(b *testing.B) {
	p := newProduct(b)
	_, floorAddress := serveFloor(b)
	for b.Loop() {
		var ours, floors []load
		for round := range rounds {
			floors = append(floors, send(b, floorAddress, "", roundTime, http.StatusCreated, newPeople(round)))
			ours = append(ours, send(b, p.address, p.token, roundTime, http.StatusCreated, newPeople(round)))
		}
		report(b, "ensure, new", ours, floors)
	}
}

// BenchmarkEnsureAgain finds users; the promise is at least 0.6 of the floor's
// reads a second, with p99 at most twice the floor's.
func BenchmarkEnsureAgain(b *testing.B) {
	p := newProduct(b)
	floor, floorAddress := serveFloor(b)
	fill(b, p.address, p.token, 1000, "same-")
	fill(b, floorAddress, "", 1000, "same-")
	floor.reads = true
	for b.Loop() {
		var ours, floors []load
		for range rounds {
			floors = append(floors, send(b, floorAddress, "", roundTime, http.StatusOK, samePeople))
			ours = append(ours, send(b, p.address, p.token, roundTime, http.StatusOK, samePeople))
		}
		report(b, "ensure, again", ours, floors)
	}
}

// fill makes people one after another on a single connection.
func fill(b *testing.B, address, token string, count int, prefix string) {
	b.Helper()
	for i := range count {
		id := fmt.Sprintf("%s%d", prefix, i)
		request, err := http.NewRequest(http.MethodPut, "http://"+address+"/api/v1/bindings/"+id, strings.NewReader(person(id)))
		check(b, err)
		request.Header.Set("Authorization", "Bearer "+token)
		answer, err := http.DefaultClient.Do(request)
		check(b, err)
		answer.Body.Close()
		if answer.StatusCode != http.StatusCreated {
			b.Fatalf("filling: status %d", answer.StatusCode)
		}
	}
}
