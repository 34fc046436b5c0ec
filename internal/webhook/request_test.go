// SPDX-License-Identifier: Apache-2.0

package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/outbound"
	"github.com/convoke/convoke/internal/webhook"
	"github.com/convoke/convoke/zoom"
)

// TestAHostileReceiverGetsOneClearSentence sends an event to receivers that do
// what they must not, and sees that a good one is served all the while.
func TestAHostileReceiverGetsOneClearSentence(t *testing.T) {
	t.Parallel()
	elsewhere := atomic.Int64{}
	target := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	gate := make(chan struct{})
	defer close(gate)
	closed := httptest.NewServer(nil)
	closed.Close()
	receivers := map[string]struct {
		url   string
		want  string
		taken bool
	}{
		"redirects": {url: serve(t, http.RedirectHandler(target, http.StatusTemporaryRedirect)), want: "redirect (307)"},
		"hangs": {url: serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-gate:
			case <-r.Context().Done():
			}
		})), want: "did not answer within 3 seconds"},
		"answers 500": {url: serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "out of order\x00\xff", http.StatusInternalServerError)
		})), want: "answered 500 (Internal Server Error)"},
		"answers 201": {url: serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusCreated)
		})), want: "answered 201 (Created); 200 or 204 is needed"},
		"answers 100 MB": {url: serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for range 100 {
				if _, err := w.Write(bytes.Repeat([]byte("x"), 1<<20)); err != nil {
					return
				}
			}
		})), taken: true},
		"breaks off":   {url: serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })), want: "no HTTP answer"},
		"is not there": {url: closed.URL, want: "refused the connection"},
		"has no name":  {url: "http://nobody.invalid/", want: "could not be resolved"},
		"bad TLS":      {url: strings.Replace(serveTLS(t), "http:", "https:", 1), want: "certificate is not valid"},
	}
	w := newWorld(t, "")
	good := &receiver{}
	w.subscribe(serve(t, good))
	for name, r := range receivers {
		id := w.subscribe(r.url)
		t.Cleanup(func() {
			list, err := w.db.Attempts(context.Background(), id, 0, 10)
			if err != nil || len(list) == 0 {
				t.Errorf("%s: %d attempts, error %v", name, len(list), err)
				return
			}
			if a := list[0]; a.OK() != r.taken || !strings.Contains(a.Error, r.want) || len(a.Answer) > 256 || a.Duration > 5*time.Second {
				t.Errorf("%s: %+v", name, a)
			}
		})
	}
	stop := w.run(w.db, outbound.New(outbound.Config{Timeout: webhook.Timeout, AllowPrivate: true}).Transport)
	w.emit("a", 1)
	w.eventually("the good one has it", func() bool { return len(good.list()) == 1 })
	w.eventually("the others were tried", func() bool {
		for _, s := range w.subscriptions()[1:] {
			if list, err := w.db.Attempts(t.Context(), s.ID, 0, 1); err != nil || len(list) == 0 {
				return false
			}
		}
		return true
	})
	stop()
	if elsewhere.Load() != 0 {
		t.Error("a redirect was followed")
	}
}

func serveTLS(t *testing.T) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = nil
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

// fickle is a name that moves to this machine after it was validated.
type fickle struct{ moved atomic.Bool }

func (f *fickle) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	if f.moved.Load() {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	return []netip.Addr{netip.MustParseAddr("8.8.8.8")}, nil
}

func TestANameThatMovesToALoopbackAddressIsNotFollowed(t *testing.T) {
	t.Parallel()
	r := &receiver{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if raw, _ := io.ReadAll(request.Body); bytes.Contains(raw, []byte("plainToken")) {
			answerChallenge(w, raw, secret)
			return
		}
		r.ServeHTTP(w, request)
	}))
	t.Cleanup(server.Close)
	name := &fickle{}
	guarded := outbound.New(outbound.Config{
		Timeout: webhook.Timeout, Resolver: name,
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
		},
	})
	url := "http://receiver.example.com/hook"
	if failure := webhook.NewClient(guarded).Challenge(t.Context(), url, secret); failure != "" {
		t.Fatal(failure)
	}
	w := newWorld(t, "")
	id := w.subscribe(url)
	name.moved.Store(true)
	w.run(w.db, guarded.Transport)
	w.emit("a", 1)
	w.eventually("it is kept", func() bool { return w.kept(id) != "" })
	list, err := w.db.Deliveries(t.Context(), id, "", 0, 10)
	w.check(err)
	if len(r.list()) != 0 || !strings.Contains(list[0].Error, "not public") || strings.Contains(list[0].Error, "127.") {
		t.Errorf("%d came; %+v", len(r.list()), list[0])
	}
}

func answerChallenge(w http.ResponseWriter, raw []byte, secret string) {
	var body struct{ Payload zoom.URLValidation }
	_ = json.Unmarshal(raw, &body)
	_ = json.NewEncoder(w).Encode(zoom.AnswerURLValidation(secret, body.Payload.PlainToken))
}

func TestAChallengeIsPassedByWhoKnowsTheSecret(t *testing.T) {
	t.Parallel()
	seen := make(chan string, 10)
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"knows": {func(w http.ResponseWriter, r *http.Request) {
			raw, _ := io.ReadAll(r.Body)
			if err := zoom.Verify(secret, r.Header, raw, time.Now(), zoom.DefaultTolerance); err != nil {
				t.Error(err)
			}
			seen <- string(raw)
			answerChallenge(w, raw, secret)
		}, ""},
		"another secret": {func(w http.ResponseWriter, r *http.Request) {
			raw, _ := io.ReadAll(r.Body)
			answerChallenge(w, raw, "another")
		}, "is not the hex HMAC-SHA256"},
		"another token": {func(w http.ResponseWriter, _ *http.Request) {
			_ = json.NewEncoder(w).Encode(zoom.AnswerURLValidation(secret, "another"))
		}, "does not repeat its plainToken"},
		"a page":     {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, "was not JSON"},
		"no content": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, "answered 204"},
	} {
		got := webhook.NewClient(http.DefaultClient).Challenge(t.Context(), serve(t, test.handler), secret)
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	if body := <-seen; !strings.HasPrefix(body, `{"event":"endpoint.url_validation","event_ts":`) || !strings.Contains(body, `"payload":{"plainToken":"`) {
		t.Errorf("the challenge is %s", body)
	}
}
