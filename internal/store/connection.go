// SPDX-License-Identifier: Apache-2.0

package store

import (
	"fmt"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// connection is one open handle on a SQLite file, with its prepared statements.
// One goroutine uses it at a time.
//
// It calls the engine inside modernc.org/sqlite directly. Through that module's
// database/sql driver a look-up takes twice the time, because the driver reads
// the name and the declared type of every column and looks up every parameter
// by name at each execution.
type connection struct {
	tls      *libc.TLS
	db       uintptr
	cell     uintptr // room for one pointer, for the engine's results
	prepared map[string]*prepared
	log      *walFile // nil: SQLite writes its log itself
	closed   []func() // run when the files are closed
}

// maxPrepared bounds the statements kept; the texts are few, so this is a guard
// against a mistake, not a cache policy.
const maxPrepared = 512

// openConnection opens the file and runs the pragmas in order.
func openConnection(path string, pragmas ...string) (*connection, error) {
	c := &connection{tls: libc.NewTLS(), prepared: map[string]*prepared{}}
	c.cell = sqlite3.Xsqlite3_malloc(c.tls, pointerSize)
	name, err := libc.CString(path)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	defer libc.Xfree(c.tls, name)
	const flags = sqlite3.SQLITE_OPEN_READWRITE | sqlite3.SQLITE_OPEN_CREATE | sqlite3.SQLITE_OPEN_NOMUTEX
	code := sqlite3.Xsqlite3_open_v2(c.tls, name, c.cell, flags, 0)
	c.db = c.result()
	if code != sqlite3.SQLITE_OK {
		err := c.failure(code)
		c.close()
		return nil, fmt.Errorf("store: cannot open %s: %w", path, err)
	}
	sqlite3.Xsqlite3_extended_result_codes(c.tls, c.db, 1)
	for _, pragma := range pragmas {
		if err := c.query(nil, "PRAGMA "+pragma, nil); err != nil {
			c.close()
			return nil, fmt.Errorf("store: cannot set up %s: %w", path, err)
		}
	}
	c.forget()
	return c, nil
}

// result is the pointer that the engine wrote into the cell.
func (c *connection) result() uintptr { return readPointer(c.cell) }

// close releases all. The connection must not be used afterwards.
func (c *connection) close() {
	for _, p := range c.prepared {
		p.finalize()
	}
	sqlite3.Xsqlite3_close_v2(c.tls, c.db)
	for _, release := range c.closed {
		release()
	}
	sqlite3.Xsqlite3_free(c.tls, c.cell)
	c.tls.Close()
}

// prepare returns the statement for the text, compiled at the first use.
func (c *connection) prepare(sql string) (*prepared, error) {
	if p := c.prepared[sql]; p != nil {
		return p, nil
	}
	text, err := libc.CString(sql)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	defer libc.Xfree(c.tls, text)
	if code := sqlite3.Xsqlite3_prepare_v3(c.tls, c.db, text, -1, sqlite3.SQLITE_PREPARE_PERSISTENT, c.cell, 0); code != sqlite3.SQLITE_OK {
		return nil, c.failure(code)
	}
	if len(c.prepared) >= maxPrepared {
		c.forget()
	}
	p := newPrepared(c, c.result())
	c.prepared[sql] = p
	return p, nil
}

// forget gives up the statements that are not running.
func (c *connection) forget() {
	for sql, p := range c.prepared {
		if !p.running {
			p.finalize()
			delete(c.prepared, sql)
		}
	}
}

// query runs the statement and shows each of its rows. each may be nil.
func (c *connection) query(each func(*row), sql string, args []any) error {
	p, err := c.prepare(sql)
	if err != nil {
		return err
	}
	defer p.reset()
	if err := p.bind(args); err != nil {
		return err
	}
	for {
		switch code := sqlite3.Xsqlite3_step(c.tls, p.handle); code {
		case sqlite3.SQLITE_DONE:
			return p.row.err
		case sqlite3.SQLITE_ROW:
			if each != nil {
				p.row.at = 0
				each(&p.row)
			}
		default:
			return c.failure(code)
		}
	}
}

// exec runs the statement and returns how many rows it touched. Rows that
// foreign keys delete along with them are not counted.
func (c *connection) exec(sql string, args []any) (int64, error) {
	if err := c.query(nil, sql, args); err != nil {
		return 0, err
	}
	return int64(sqlite3.Xsqlite3_changes(c.tls, c.db)), nil
}

// written counts all rows ever touched on this connection.
func (c *connection) written() int64 { return sqlite3.Xsqlite3_total_changes64(c.tls, c.db) }

// sync brings what was written to the database's file to the disk.
func (c *connection) sync() error {
	file, err := c.file(sqlite3.SQLITE_FCNTL_FILE_POINTER)
	if err != nil {
		return err
	}
	code := function[syncMethod](readPointer(file)+atSync)(c.tls, file, sqlite3.SQLITE_SYNC_NORMAL)
	if code != sqlite3.SQLITE_OK {
		return c.failure(code)
	}
	return nil
}

// file is the handle (sqlite3_file) that the file control asks for.
func (c *connection) file(control int32) (uintptr, error) {
	database, err := libc.CString("main")
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	defer libc.Xfree(c.tls, database)
	if code := sqlite3.Xsqlite3_file_control(c.tls, c.db, database, control, c.cell); code != sqlite3.SQLITE_OK {
		return 0, c.failure(code)
	}
	return c.result(), nil
}

// inTransaction is false also after the engine rolled back by itself, as it
// does when the disk is full.
func (c *connection) inTransaction() bool {
	return sqlite3.Xsqlite3_get_autocommit(c.tls, c.db) == 0
}

// sqliteError is a result code of the engine.
type sqliteError struct {
	code    int32 // extended
	message string
}

// Error returns the engine's message. It names tables and columns, never values.
func (e *sqliteError) Error() string { return fmt.Sprintf("sqlite: %s (%d)", e.message, e.code) }

func (c *connection) failure(code int32) error {
	return &sqliteError{code, libc.GoString(sqlite3.Xsqlite3_errmsg(c.tls, c.db))}
}
