// SPDX-License-Identifier: Apache-2.0

package httpd_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"testing"

	"github.com/convoke/convoke/internal/httpd"
)

func TestARequestInFlightIsFinishedBeforeTheStop(t *testing.T) {
	t.Parallel()
	server, err := httpd.Listen(httpd.Config{Address: "127.0.0.1:0", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	arrived, release := make(chan struct{}), make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-release
		_, _ = io.WriteString(w, "done")
	})
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, handler) }()

	answered := make(chan string, 1)
	go func() {
		answer, err := http.Get("http://" + server.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		answered <- string(body)
	}()
	<-arrived
	cancel()
	close(release)
	if got := <-answered; got != "done" {
		t.Errorf("the request in flight got %q", got)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve returned %v", err)
	}
	if _, err := http.Get("http://" + server.Addr().String()); err == nil {
		t.Error("a new connection was taken after the stop")
	}
}

func TestATakenPortIsFoundOutAtOnce(t *testing.T) {
	t.Parallel()
	config := httpd.Config{Address: "127.0.0.1:0", Logger: slog.New(slog.DiscardHandler)}
	first, err := httpd.Listen(config)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	config.Address = first.Addr().String()
	if _, err := httpd.Listen(config); err == nil {
		t.Error("a second listener opened on the same port")
	}
}
