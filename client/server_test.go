// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// fakeServer is a real HTTP server that gives out tokens and answers every
// other call from a script, in order; after its end, it repeats the last answer.
type fakeServer struct {
	*httptest.Server
	lock     sync.Mutex
	script   []answer
	requests []request
	tokens   int // given out so far
	bad      map[string]bool
	tokenErr []answer // answers to the coming token requests, before any token
}

type answer struct {
	status int
	header map[string]string
	body   string
	drop   bool // close the connection without an answer
}

type request struct {
	method, uri, body, contentType, userAgent string
}

func newServer(t *testing.T, script ...answer) *fakeServer {
	t.Helper()
	f := &fakeServer{script: script, bad: map[string]bool{}}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

func (f *fakeServer) serve(w http.ResponseWriter, r *http.Request) {
	f.lock.Lock()
	defer f.lock.Unlock()
	if r.URL.Path == "/oauth/token" {
		f.serveToken(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	f.requests = append(f.requests, request{r.Method, r.RequestURI, string(body), r.Header.Get("Content-Type"), r.UserAgent()})
	if r.Header.Get("Authorization") != fmt.Sprintf("Bearer token-%d", f.tokens) || f.bad[r.Header.Get("Authorization")] {
		answer{status: 401, body: `{"status":401,"code":"token_invalid","detail":"The access token is not valid."}`}.write(w)
		return
	}
	next := f.script[0]
	if len(f.script) > 1 {
		f.script = f.script[1:]
	}
	next.write(w)
}

func (f *fakeServer) serveToken(w http.ResponseWriter, r *http.Request) {
	if len(f.tokenErr) > 0 {
		next := f.tokenErr[0]
		f.tokenErr = f.tokenErr[1:]
		next.write(w)
		return
	}
	id, secret, _ := r.BasicAuth()
	if id != "id" || secret != "s3cret" || r.PostFormValue("grant_type") != "account_credentials" || r.PostFormValue("account_id") != "acc" {
		answer{status: 400, body: `{"reason":"Invalid client_id or client_secret","error":"invalid_client"}`}.write(w)
		return
	}
	f.tokens++
	answer{status: 200, body: fmt.Sprintf(`{"access_token":"token-%d","token_type":"bearer","expires_in":3600}`, f.tokens)}.write(w)
}

func (a answer) write(w http.ResponseWriter) {
	if a.drop {
		panic(http.ErrAbortHandler)
	}
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.status)
	io.WriteString(w, a.body)
}

// revoke makes the server refuse every token that it has given out so far.
func (f *fakeServer) revoke() {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.bad[fmt.Sprintf("Bearer token-%d", f.tokens)] = true
}

func (f *fakeServer) seen() []request {
	f.lock.Lock()
	defer f.lock.Unlock()
	return f.requests
}

func (f *fakeServer) tokensGiven() int {
	f.lock.Lock()
	defer f.lock.Unlock()
	return f.tokens
}

// clock stands still except while the client sleeps.
type clock struct {
	lock   sync.Mutex
	time   time.Time
	pauses []time.Duration
}

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func (c *clock) now() time.Time {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.time
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.time = c.time.Add(d)
	c.pauses = append(c.pauses, d)
	return ctx.Err()
}

func (c *clock) advance(d time.Duration) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.time = c.time.Add(d)
}

// newClient makes a Client of the server with a clock that the test moves and
// with the longest pause that the jitter could give.
func newClient(t *testing.T, f *fakeServer, options ...Option) (*Client, *clock) {
	t.Helper()
	k := &clock{time: start}
	longest := func(d time.Duration) time.Duration { return d }
	options = append([]Option{withTime(k.now, k.sleep, longest)}, options...)
	c, err := New(f.URL, Credentials{"acc", "id", "s3cret"}, options...)
	if err != nil {
		t.Fatal(err)
	}
	return c, k
}

const boundJane = `{"external_id":"42","user_id":"u1","action":"custCreate","status":"active","created":true,"generation":1,
	"user":{"id":"u1","email":"jane@example.com","first_name":"Jane","last_name":"Doe","display_name":"Jane Doe","type":2}}`
