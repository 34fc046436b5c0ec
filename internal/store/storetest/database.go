// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/convoke/convoke/internal/store"
)

// ServerURL is the environment variable that may name a ready PostgreSQL
// server, by the URL of a database on it whose user may create databases.
const ServerURL = "CONVOKE_TEST_POSTGRES_URL"

// SQLite opens a new, empty SQLite store that is closed and deleted when the
// test ends.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "convoke.db")
	schema, err := emptySQLite()
	if err == nil {
		err = os.WriteFile(path, schema, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return Open(t, store.Config{Path: path})
}

// emptySQLite is a database file with the schema and no data, made once: under
// the race detector the migrations take longer than most tests.
var emptySQLite = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "convoke-schema-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "convoke.db")
	db, err := store.Open(context.Background(), store.Config{Path: path})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// Open opens a store that is closed when the test ends.
func Open(t testing.TB, c store.Config) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// PostgreSQL returns the URL of a new database without any data that is dropped
// when the test ends. Its server is the one that ServerURL names, or one that
// the test process starts; there the schema is copied from a template. Where
// PostgreSQL is not installed the test fails.
func PostgreSQL(t testing.TB) string {
	t.Helper()
	base, template := os.Getenv(ServerURL), "template1"
	if base == "" {
		base, template = startedServer(t)
	}
	name := "convoke_test_" + strings.ToLower(rand.Text()[:16])
	run(t, base, "CREATE DATABASE "+name+" TEMPLATE "+template)
	t.Cleanup(func() { run(t, base, "DROP DATABASE "+name+" WITH (FORCE)") })
	return inDatabase(t, base, name)
}

// inDatabase is the server's URL with another database.
func inDatabase(t testing.TB, base, name string) string {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// makeTemplate makes a database with the store's schema and no data.
func makeTemplate(t testing.TB, base, name string) {
	t.Helper()
	run(t, base, "CREATE DATABASE "+name)
	db, err := store.Open(context.Background(), store.Config{URL: inDatabase(t, base, name)})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func run(t testing.TB, base, sql string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, base)
	if err != nil {
		t.Fatal(fmt.Errorf("PostgreSQL does not answer: %w", err))
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatal(err)
	}
}
