// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

const (
	importRows  = 100_000
	importKills = 20
)

// TestKillNineDuringAnImport kills the command twenty times at random moments of
// an import, begins it again each time, and compares everything with a run that
// nobody disturbed. That one is on SQLite for both: where the data is kept must
// make no difference either.
func TestKillNineDuringAnImport(t *testing.T) {
	t.Parallel()
	file := people(t)
	calm := &importing{t: t, dir: t.TempDir(), file: file}
	calm.open() // commands want data that is there
	undisturbed := sync.OnceValue(calm.run().Wait)
	for name, database := range map[string]func(*testing.T) string{
		"SQLite":     func(*testing.T) string { return "" },
		"PostgreSQL": func(t *testing.T) string { return storetest.PostgreSQL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cut := &importing{t: t, dir: t.TempDir(), url: database(t), file: file}
			cut.runKilled()
			check(t, undisturbed())
			calm := &importing{t: t, dir: calm.dir, file: file}
			if want, got := calm.results(), cut.results(); len(got) != importRows+1 || !slices.EqualFunc(want, got, slices.Equal) {
				t.Errorf("the results differ: %d rows, want %d", len(got), len(want))
			}
			if want, got := calm.state(), cut.state(); got != want {
				t.Errorf("the end is %s, want %s", got, want)
			}
		})
	}
}

// people is a file with rows of every outcome.
func people(t *testing.T) string {
	t.Helper()
	var file bytes.Buffer
	file.WriteString("external_id,email,first_name,action\n")
	for i := range importRows {
		switch {
		case i%1000 == 999:
			fmt.Fprintf(&file, "ext-%d,twice%d@example.com,Jane,\n", i/2*2-10, i)
		case i%500 == 499:
			fmt.Fprintf(&file, "ext-%d,broken,Jane,\n", i)
		case i%40 == 0:
			fmt.Fprintf(&file, ",invited%d@example.com,=1+1,create\n", i)
		default:
			fmt.Fprintf(&file, "ext-%d,user%d@example.com,Jane,\n", i, i)
		}
	}
	path := filepath.Join(t.TempDir(), "people.csv")
	check(t, os.WriteFile(path, file.Bytes(), 0o600))
	return path
}

// importing is the command `convoke import` on a data dir.
type importing struct {
	t              *testing.T
	dir, url, file string
}

func (i *importing) resultsFile() string { return filepath.Join(i.dir, "results.csv") }

func (i *importing) run() *exec.Cmd {
	i.t.Helper()
	command := exec.Command(binary, "import", i.file, "--data-dir", i.dir, "--results", i.resultsFile())
	if i.url != "" {
		command.Args = append(command.Args, "--database-url", i.url)
	}
	command.Stderr = os.Stderr
	check(i.t, command.Start())
	return command
}

func (i *importing) open() *store.DB {
	i.t.Helper()
	return storetest.Open(i.t, store.Config{URL: i.url, Path: filepath.Join(i.dir, "convoke.db")})
}

// runKilled begins the command again and again, and lets the last one be. All kills
// are meant for the first three quarters: begun again after its end, which a slow
// machine could come to before the kill, the command would be another import.
func (i *importing) runKilled() {
	i.t.Helper()
	db := i.open()
	spread, ended := map[int64]bool{}, false
	for kill := 0; kill < importKills && !ended; kill++ {
		command := i.run()
		if kill%4 > 0 { // the others are killed while they receive, or wait for the lease
			i.awaitProgress(db, importRows*3/4*int64(kill)/importKills)
		}
		<-time.After(rand.N(400 * time.Millisecond))
		_ = command.Process.Kill() // fails only when it has ended by itself
		ended = command.Wait() == nil
		spread[i.done(db)] = true
	}
	if len(spread) < importKills/3 {
		i.t.Errorf("the kills met %d stages only", len(spread))
	}
	if !ended {
		check(i.t, i.run().Wait())
	}
}

// awaitProgress asks until at least so many rows are done.
func (i *importing) awaitProgress(db *store.DB, rows int64) {
	i.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(5 * time.Minute); i.done(db) < rows; <-tick.C {
		if time.Now().After(deadline) {
			i.t.Fatalf("the import does not come to row %d", rows)
		}
	}
}

// done is how many rows of any import are done.
func (i *importing) done(db *store.DB) (rows int64) {
	for _, job := range i.jobs(db) {
		rows += job.Done
	}
	return rows
}

func (i *importing) jobs(db *store.DB) []convoke.Import {
	i.t.Helper()
	accounts, err := db.Accounts(i.t.Context())
	check(i.t, err)
	if len(accounts) == 0 {
		return nil
	}
	jobs, err := db.Imports(i.t.Context(), accounts[0].ID, "", 100)
	check(i.t, err)
	return jobs
}

// results is the results file without the ids of the users, which are random.
func (i *importing) results() [][]string {
	i.t.Helper()
	raw, err := os.ReadFile(i.resultsFile())
	check(i.t, err)
	table, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	check(i.t, err)
	seen := map[string]bool{}
	for n, row := range table {
		id := row[len(row)-1]
		if seen[id] && id != "" {
			i.t.Errorf("the user %s is there twice", id)
		}
		seen[id] = true
		if table[n] = row[:len(row)-1]; n > 0 && (row[len(row)-4] == "create") == (id == "") {
			i.t.Errorf("row %d has the user id %q: %q", n, id, row)
		}
	}
	return table
}

// state sums up what the database holds.
func (i *importing) state() string {
	i.t.Helper()
	db := i.open()
	accounts, err := db.Accounts(i.t.Context())
	check(i.t, err)
	seats, census, err := db.Tally(i.t.Context(), accounts[0].ID)
	check(i.t, err)
	counts := map[convoke.EventName]int{}
	for after := int64(0); ; {
		list, err := db.Events(i.t.Context(), "", after, 5000)
		check(i.t, err)
		if len(list) == 0 {
			break
		}
		for _, e := range list {
			counts[e.Name]++
		}
		after = list[len(list)-1].ID
	}
	var users []string
	for after := convoke.UserID(""); ; {
		page, err := db.Users(i.t.Context(), accounts[0].ID, convoke.StatusActive, after, 5000)
		check(i.t, err)
		if len(page) == 0 {
			break
		}
		for _, u := range page {
			users = append(users, u.Email)
		}
		after = page[len(page)-1].ID
	}
	var job string
	for _, one := range i.jobs(db) {
		if one.State != convoke.ImportReceiving { // what was killed while it was received is swept
			raw, err := json.Marshal(one.Counts)
			check(i.t, err)
			job += fmt.Sprintf("%s %d %s;", one.State, one.Done, raw)
		}
	}
	return fmt.Sprintf("%+v %+v %v %d %s..%s %s", seats, census, counts, len(users), users[0], users[len(users)-1], job)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
