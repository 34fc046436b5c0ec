// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/store/storetest"
)

// bound is the part of a binding's answer that these tests look at.
type bound struct {
	UserID  string `json:"user_id"`
	Created bool   `json:"created"`
}

const writers = 64

// TestKillNineLosesNothingThatWasAcknowledged kills the server twenty times
// while 64 connections write, and looks for every acknowledged user afterwards.
func TestKillNineLosesNothingThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	token := p.token()
	client := pool(writers)
	total := 0
	for round := range 20 {
		acknowledged := writeUntilKilled(p, client, token, round)
		p.start()
		verify(t, p, client, token, acknowledged)
		total += len(acknowledged)
	}
	if total == 0 {
		t.Fatal("nothing was acknowledged in twenty rounds")
	}
	t.Logf("%d acknowledged ensures survived twenty kills", total)
	if users, bindings := census(t, p, token); users != bindings {
		t.Errorf("%d users and %d bindings: something was made twice or by half", users, bindings)
	}
}

// writeUntilKilled returns the external ids that were answered, with their users.
func writeUntilKilled(p *process, client *http.Client, token string, round int) map[string]string {
	var mu sync.Mutex
	acknowledged := map[string]string{}
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("kill-%d-%d-%d", round, w, n)
				var b bound
				status, err := call(client, token, http.MethodPut, p.url+"/api/v1/bindings/"+id, "{}", &b)
				if err != nil {
					return // the server is gone
				}
				if status != http.StatusCreated {
					p.t.Errorf("ensuring %s: status %d", id, status)
					return
				}
				mu.Lock()
				acknowledged[id] = b.UserID
				mu.Unlock()
			}
		})
	}
	moment := time.NewTimer(100*time.Millisecond + rand.N(300*time.Millisecond))
	<-moment.C
	p.kill()
	group.Wait()
	return acknowledged
}

func verify(t *testing.T, p *process, client *http.Client, token string, acknowledged map[string]string) {
	t.Helper()
	ids := make(chan string)
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for id := range ids {
				var b bound
				status, err := call(client, token, http.MethodGet, p.url+"/api/v1/bindings/"+id, "", &b)
				if err != nil || status != http.StatusOK || b.UserID != acknowledged[id] {
					t.Errorf("%s was acknowledged as %s, and is now %q (status %d, %v)", id, acknowledged[id], b.UserID, status, err)
				}
			}
		})
	}
	for id := range acknowledged {
		ids <- id
	}
	close(ids)
	group.Wait()
}

// census counts the account's users by its counters, and its bindings by
// walking the list.
func census(t *testing.T, p *process, token string) (users, bindings int) {
	t.Helper()
	var list struct {
		TotalRecords int `json:"total_records"`
	}
	if _, err := call(http.DefaultClient, token, http.MethodGet, p.url+"/v2/users?page_size=1", "", &list); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for next := ""; ; {
		var page struct {
			Bindings []struct {
				UserID string `json:"user_id"`
			} `json:"bindings"`
			Next string `json:"next_page_token"`
		}
		if _, err := call(http.DefaultClient, token, http.MethodGet, p.url+"/api/v1/bindings?page_size=1000&next_page_token="+next, "", &page); err != nil {
			t.Fatal(err)
		}
		for _, b := range page.Bindings {
			if seen[b.UserID] {
				t.Errorf("user %s is bound twice", b.UserID)
			}
			seen[b.UserID] = true
		}
		if next = page.Next; next == "" {
			return list.TotalRecords, len(seen)
		}
	}
}

// TestTwoHundredEnsuresOfOneIDMakeOneUser asks two server processes on one
// PostgreSQL, and one on SQLite, for the same new person at the same moment.
func TestTwoHundredEnsuresOfOneIDMakeOneUser(t *testing.T) {
	t.Parallel()
	t.Run("one process on SQLite", func(t *testing.T) {
		t.Parallel()
		raceForOneUser(t, newProcess(t))
	})
	t.Run("two processes on PostgreSQL", func(t *testing.T) {
		t.Parallel()
		database := "--database-url=" + storetest.PostgreSQL(t)
		raceForOneUser(t, newProcess(t, database), newProcess(t, database))
	})
}

func raceForOneUser(t *testing.T, processes ...*process) {
	t.Helper()
	token := processes[0].token()
	const callers = 200
	client := pool(callers)
	start := make(chan struct{})
	var mu sync.Mutex
	users, made := map[string]int{}, 0
	var group sync.WaitGroup
	for i := range callers {
		p := processes[i%len(processes)]
		group.Go(func() {
			<-start
			var b bound
			status, err := call(client, token, http.MethodPut, p.url+"/api/v1/bindings/user%2042", `{"email":"jane@example.com"}`, &b)
			mu.Lock()
			defer mu.Unlock()
			if err != nil || status >= http.StatusInternalServerError {
				t.Errorf("status %d, %v", status, err)
			}
			users[b.UserID]++
			if status == http.StatusCreated {
				made++
			}
		})
	}
	close(start)
	group.Wait()
	if len(users) != 1 || made != 1 {
		t.Errorf("users %v, made %d times", users, made)
	}
	if count, bindings := census(t, processes[0], token); count != 1 || bindings != 1 {
		t.Errorf("%d users and %d bindings", count, bindings)
	}
	if events := createdEvents(t, processes[0], token); events != 1 {
		t.Errorf("%d user.created events", events)
	}
	for _, p := range processes {
		p.stop()
	}
}

// createdEvents waits for the first, because on PostgreSQL the transactions that
// others have open hold events back, and counts all.
func createdEvents(t *testing.T, p *process, token string) (count int) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); count == 0 && time.Now().Before(deadline); <-tick.C {
		var log struct {
			Events []struct {
				Event string `json:"event"`
			} `json:"events"`
		}
		if _, err := call(http.DefaultClient, token, http.MethodGet, p.url+"/api/v1/events", "", &log); err != nil {
			t.Fatal(err)
		}
		for _, e := range log.Events {
			if e.Event == "user.created" {
				count++
			}
		}
	}
	return count
}

func TestTheServerStopsInOrderWithinTenSeconds(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	if took := p.stop(); took > 10*time.Second {
		t.Errorf("the stop took %v", took)
	}
	p.start() // for the clean-up
}
