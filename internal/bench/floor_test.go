// SPDX-License-Identifier: Apache-2.0

package bench_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the product's own driver
)

// floor is the least that an ensure could be: decode the same body, write one
// row (or look one up), encode the answer. The same driver, synchronous=FULL,
// and commits in groups; no accounts, no tokens, no rules.
type floor struct {
	db     *sql.DB
	reads  bool // look rows up, instead of writing them
	read   *sql.Stmt
	writes chan floorWrite
}

type floorWrite struct {
	id, body string
	done     chan error
}

type floorBody struct {
	Email     string `json:"email,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
}

func newFloor(b *testing.B) *floor {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "floor.db")+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)")
	check(b, err)
	b.Cleanup(func() { db.Close() })
	_, err = db.Exec("CREATE TABLE rows (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID")
	check(b, err)
	f := &floor{db: db, writes: make(chan floorWrite, 256)}
	f.read, err = db.Prepare("SELECT body FROM rows WHERE id = $1")
	check(b, err)
	writer, err := db.Conn(context.Background())
	check(b, err)
	insert, err := writer.PrepareContext(context.Background(), //nolint:sqlclosecheck // closed with the connection
		"INSERT INTO rows (id, body) VALUES ($1, $2)")
	check(b, err)
	go f.commitInGroups(writer, insert)
	b.Cleanup(func() { close(f.writes) })
	return f
}

// fullFloor serves look-ups among so many rows.
func fullFloor(b *testing.B, count int) (address string) {
	f, address := serveFloor(b)
	f.reads = true
	tx, err := f.db.Begin()
	check(b, err)
	insert, err := tx.Prepare("INSERT INTO rows (id, body) VALUES ($1, $2)")
	check(b, err)
	defer insert.Close()
	for i := range count {
		id := fmt.Sprintf("same-%d", i)
		_, err := insert.Exec(id, id+"@people.example.com")
		check(b, err)
	}
	check(b, tx.Commit())
	return address
}

func (f *floor) commitInGroups(writer *sql.Conn, insert *sql.Stmt) {
	ctx := context.Background()
	for first := range f.writes {
		group := []floorWrite{first}
		for len(f.writes) > 0 && len(group) < 256 {
			group = append(group, <-f.writes)
		}
		_, err := writer.ExecContext(ctx, "BEGIN IMMEDIATE")
		for _, w := range group {
			if err == nil {
				_, err = insert.ExecContext(ctx, w.id, w.body)
			}
		}
		if err == nil {
			_, err = writer.ExecContext(ctx, "COMMIT")
		}
		for _, w := range group {
			w.done <- err
		}
	}
}

func (f *floor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := strings.TrimPrefix(r.URL.Path, "/api/v1/bindings/")
	var body floorBody
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if f.reads {
		if err := f.read.QueryRow(id).Scan(&body.Email); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		answer(w, http.StatusOK, id, body)
		return
	}
	done := make(chan error, 1)
	f.writes <- floorWrite{id, body.Email, done}
	if err := <-done; err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, http.StatusCreated, id, body)
}

func answer(w http.ResponseWriter, status int, id string, body floorBody) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"external_id": id, "email": body.Email, "first_name": body.FirstName})
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
