// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) *store.DB {
		db := storetest.SQLite(t)
		t.Cleanup(func() { // runs before the store is closed
			for _, scan := range store.Scans(db) {
				// What goes through all accounts is for the operator's eyes; what goes through all
				// receivers is for the one process that delivers to all of them.
				if !strings.Contains(scan, "FROM accounts a ORDER BY") && !strings.Contains(scan, "p.client_id = w.client_id WHERE w.enabled") {
					t.Errorf("this statement costs more with more rows:\n%s", scan)
				}
			}
		})
		return db
	})
}

// Two stores on one file stand for two processes: a server and a command.
func TestSQLiteSharedByTwo(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "convoke.db")
	one := storetest.Open(t, store.Config{Path: path})
	two := storetest.Open(t, store.Config{Path: path})
	storetest.Shared(t, one, two)
}

func TestSQLiteFileIsPrivate(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "data")
	storetest.Open(t, store.Config{Path: filepath.Join(folder, "convoke.db")})
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", entry.Name(), info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSQLiteReopened(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "with space % and ?.db")
	for _, want := range []string{"first", "first"} {
		db, err := store.Open(t.Context(), store.Config{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		secret, err := db.Secret(t.Context(), "name", []byte(want))
		if err != nil || string(secret) != "first" {
			t.Errorf("secret is %q, %v", secret, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]store.Config{
		"no path":            {},
		"unknown scheme":     {URL: "mysql://root@localhost/x"},
		"a folder":           {Path: t.TempDir()},
		"not a database":     {Path: notADatabase(t)},
		"bad PostgreSQL URL": {URL: "postgres://user:geheim@host:port/x"},
	} {
		db, err := store.Open(t.Context(), c)
		if err == nil {
			_ = db.Close()
			t.Errorf("%s: no error", name)
		} else if strings.Contains(err.Error(), "geheim") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

func notADatabase(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(path, []byte(strings.Repeat("This is no database. ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
