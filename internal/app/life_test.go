// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

const lives = 10_000

// TestTheWholeLifeOfTenThousandUsersSendsNoMail imports custCreate users who have
// e-mails, gives each a meeting, deactivates and deletes them. Then it invites one
// person: events are taken in their order, so once that letter is in the outbox
// any other would be there too.
func TestTheWholeLifeOfTenThousandUsersSendsNoMail(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	token := p.token()
	users := importLives(p)
	client := pool(writers)
	queue := make(chan life)
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for one := range queue {
				one.live(p, client, token)
			}
		})
	}
	for _, one := range users {
		queue <- one
	}
	close(queue)
	group.Wait()
	if left, _ := census(t, p, token); left != 0 {
		t.Errorf("%d users are left", left)
	}
	const last = "last@people.example.com"
	status, err := call(client, token, http.MethodPost, p.url+"/v2/users",
		`{"action":"create","user_info":{"email":"`+last+`","type":1}}`, nil)
	if err != nil || status != http.StatusCreated {
		t.Fatalf("inviting: status %d, %v", status, err)
	}
	if letters := awaitLetters(p); len(letters) != 1 || letters[0].To != last {
		t.Errorf("the outbox holds %d letters, the latest to %s; want the invitation alone", len(letters), letters[0].To)
	}
}

// life is one of the imported users.
type life struct{ key, id string }

// importLives makes the users by the command, beside the running server.
func importLives(p *process) []life {
	p.t.Helper()
	var file bytes.Buffer
	file.WriteString("external_id,email,first_name,action\n")
	for i := range lives {
		fmt.Fprintf(&file, "life-%d,life%d@people.example.com,Jane,custCreate\n", i, i)
	}
	dir := p.t.TempDir()
	path, results := filepath.Join(dir, "people.csv"), filepath.Join(dir, "results.csv")
	check(p.t, os.WriteFile(path, file.Bytes(), 0o600))
	p.run("import", path, "--source", "app", "--results", results)
	raw, err := os.ReadFile(results)
	check(p.t, err)
	table, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	check(p.t, err)
	if len(table) != lives+1 {
		p.t.Fatalf("the results have %d lines", len(table))
	}
	users := make([]life, 0, lives)
	for _, row := range table[1:] {
		users = append(users, life{row[0], row[len(row)-1]})
	}
	return users
}

// live goes through the rest of the user's life.
func (l life) live(p *process, client *http.Client, token string) {
	for _, step := range []struct {
		method, path, body string
		want               int
	}{
		{http.MethodPut, "/api/v1/bindings/" + l.key + "/meetings/first", `{"topic":"Lesson"}`, http.StatusCreated},
		{http.MethodPut, "/v2/users/" + l.id + "/status", `{"action":"deactivate"}`, http.StatusNoContent},
		{http.MethodDelete, "/v2/users/" + l.id + "?action=delete", "", http.StatusNoContent},
	} {
		status, err := call(client, token, step.method, p.url+step.path, step.body, nil)
		if err != nil || status != step.want {
			p.t.Errorf("%s %s: status %d, %v; want %d", step.method, step.path, status, err, step.want)
			return
		}
	}
}

// awaitLetters returns what is in the outbox once there is anything.
func awaitLetters(p *process) []convoke.Mail {
	p.t.Helper()
	db := storetest.Open(p.t, store.Config{Path: filepath.Join(p.dir, "convoke.db")})
	accounts, err := db.Accounts(p.t.Context())
	check(p.t, err)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
		letters, err := db.Mails(p.t.Context(), accounts[0].ID, 0, 10)
		check(p.t, err)
		if len(letters) > 0 {
			return letters
		}
	}
	p.t.Fatal("the invitation does not come")
	return nil
}
