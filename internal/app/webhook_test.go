// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/store/storetest"
	"github.com/convoke/convoke/zoom"
)

// hook is a receiver that notes which events came, in the order of their first
// coming.
type hook struct {
	mu     sync.Mutex
	secret string
	seen   map[int64]bool
	order  []int64
	again  int
	faults []string
}

// ServeHTTP answers challenges, and takes events that are signed.
func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := zoom.Verify(h.secret, r.Header, raw, time.Now(), zoom.DefaultTolerance); err != nil {
		h.faults = append(h.faults, err.Error())
	}
	var body struct {
		Event   zoom.Event
		Payload zoom.URLValidation
	}
	_ = json.Unmarshal(raw, &body)
	if body.Event == zoom.EventURLValidation {
		_ = json.NewEncoder(w).Encode(zoom.AnswerURLValidation(h.secret, body.Payload.PlainToken))
		return
	}
	id, _ := strconv.ParseInt(r.Header.Get("X-Convoke-Event-Id"), 10, 64)
	if h.seen[id] {
		h.again++
	} else {
		h.seen[id] = true
		h.order = append(h.order, id)
	}
	w.WriteHeader(http.StatusNoContent)
}

func TestKillNineUnderLoadDeliversEveryEvent(t *testing.T) {
	t.Parallel()
	deliverUnderKills(t, newProcess(t, "--webhook-allow-private"), 20)
}

func TestKillNineUnderLoadDeliversEveryEventOnPostgreSQL(t *testing.T) {
	t.Parallel()
	deliverUnderKills(t, newProcess(t, "--webhook-allow-private", "--database-url="+storetest.PostgreSQL(t)), 20)
}

// deliverUnderKills writes while the server is killed again and again, and then
// holds what came against the log.
func deliverUnderKills(t *testing.T, p *process, kills int) {
	t.Helper()
	token := p.token()
	h := &hook{seen: map[int64]bool{}}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	var app struct {
		ID     string `json:"client_id"`
		Secret string `json:"webhook_secret"`
	}
	if err := json.Unmarshal(p.run("app", "create", "--name", "receiver", "--json"), &app); err != nil {
		t.Fatal(err)
	}
	h.secret = app.Secret
	var added struct{ State string }
	if err := json.Unmarshal(p.run("webhook", "add", server.URL, "--app", app.ID, "--webhook-allow-private", "--json"), &added); err != nil || added.State != "active" {
		t.Fatalf("the subscription is %+v, error %v", added, err)
	}
	client := pool(16)
	for round := range kills {
		changeUntilKilled(p, client, token, round)
		p.start()
	}
	log := readLog(t, p, client, token)
	for deadline := time.Now().Add(60 * time.Second); ; {
		h.mu.Lock()
		missing := len(log) - len(h.seen)
		h.mu.Unlock()
		if missing <= 0 || time.Now().After(deadline) {
			break
		}
		<-time.After(50 * time.Millisecond)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	checkDelivered(t, log, h)
}

// changeUntilKilled makes users and switches them off and on, and kills the
// server at a random moment after some changes were acknowledged.
func changeUntilKilled(p *process, client *http.Client, token string, round int) {
	var group sync.WaitGroup
	var acknowledged atomic.Int32
	begun := make(chan struct{})
	for w := range 16 {
		group.Go(func() {
			for n := 0; ; n++ {
				var b bound
				status, err := call(client, token, http.MethodPut, fmt.Sprintf("%s/api/v1/bindings/u-%d-%d-%d", p.url, round, w, n), "{}", &b)
				if err != nil {
					return // the server is gone
				}
				if status != http.StatusCreated {
					p.t.Errorf("ensuring: status %d", status)
					return
				}
				if acknowledged.Add(1) == 8 {
					close(begun)
				}
				for _, action := range []string{"deactivate", "activate"} {
					status, err = call(client, token, http.MethodPut, p.url+"/v2/users/"+b.UserID+"/status", `{"action":"`+action+`"}`, nil)
					if err != nil {
						return
					}
					if status >= 300 {
						p.t.Errorf("%s: status %d", action, status)
						return
					}
				}
			}
		})
	}
	select {
	case <-begun:
	case <-time.After(20 * time.Second):
		p.t.Error("the server does not begin to work")
	}
	<-time.After(rand.N(400 * time.Millisecond))
	p.kill()
	group.Wait()
}

// readLog returns the events that the receiver must have, with their subjects.
func readLog(t *testing.T, p *process, client *http.Client, token string) map[int64]string {
	t.Helper()
	log := map[int64]string{}
	for after := int64(0); ; {
		var page struct {
			Events []struct {
				ID      int64
				Event   string
				Payload struct {
					Object struct {
						ID     string
						UserID string `json:"user_id"`
					}
				}
			}
			Next int64
		}
		if status, err := call(client, token, http.MethodGet, fmt.Sprintf("%s/api/v1/events?limit=1000&after=%d", p.url, after), "", &page); err != nil || status != http.StatusOK {
			t.Fatalf("reading the events: status %d, %v", status, err)
		}
		for _, e := range page.Events {
			if e.Event != "webhook.validated" { // from before the lane began, or of the lane itself
				log[e.ID] = e.Payload.Object.ID + e.Payload.Object.UserID
			}
		}
		if page.Next == after {
			return log
		}
		after = page.Next
	}
}

func checkDelivered(t *testing.T, log map[int64]string, h *hook) {
	t.Helper()
	last, came := map[string]int64{}, 0
	for _, id := range h.order {
		subject, known := log[id]
		if !known {
			continue // checked below
		}
		came++
		if id < last[subject] {
			t.Errorf("event %d of %s came after %d", id, subject, last[subject])
		}
		last[subject] = id
	}
	if came != len(log) || len(log) < 100 || len(h.order)-came > 1 || len(h.faults) > 0 {
		t.Errorf("%d of %d committed events came, and %d that were not; faults %v", came, len(log), len(h.order)-came, h.faults)
	}
	t.Logf("%d events through all kills; %d came again", len(log), h.again)
}
