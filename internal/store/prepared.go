// SPDX-License-Identifier: Apache-2.0

package store

import (
	"fmt"
	"strconv"
	"strings"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// prepared is a compiled SQLite statement. It is the columns of its own rows.
type prepared struct {
	conn    *connection
	handle  uintptr
	places  []int32 // the engine's number for $1, $2, ...; 0 when the text does not use it
	row     row
	running bool

	// The texts and blobs bound are copied here, so that binding allocates
	// nothing and the engine never sees memory of Go's.
	scratch uintptr
	size    int
}

// keepScratch is the most scratch memory that a statement holds while idle.
const keepScratch = 16 << 10

// newPrepared numbers the parameters: SQLite numbers $N by their first place in
// the text, not by N.
func newPrepared(c *connection, handle uintptr) *prepared {
	p := &prepared{conn: c, handle: handle}
	p.row.columns = p
	for place := int32(1); place <= sqlite3.Xsqlite3_bind_parameter_count(c.tls, handle); place++ {
		name := libc.GoString(sqlite3.Xsqlite3_bind_parameter_name(c.tls, handle, place))
		n, err := strconv.Atoi(strings.TrimPrefix(name, "$"))
		if err != nil || n < 1 {
			panic("store: statement with a parameter that is not $N: " + name)
		}
		for len(p.places) < n {
			p.places = append(p.places, 0)
		}
		p.places[n-1] = place
	}
	return p
}

func (p *prepared) finalize() {
	sqlite3.Xsqlite3_finalize(p.conn.tls, p.handle)
	sqlite3.Xsqlite3_free(p.conn.tls, p.scratch)
}

// reset makes the statement ready for its next execution.
func (p *prepared) reset() {
	sqlite3.Xsqlite3_reset(p.conn.tls, p.handle)
	p.row.err, p.running = nil, false
	if p.size > keepScratch {
		p.grow(0)
	}
}

func (p *prepared) bind(args []any) error {
	if len(args) != len(p.places) {
		return fmt.Errorf("store: statement with %d parameters got %d values", len(p.places), len(args))
	}
	p.running = true
	if need := textSize(args); need > p.size || p.size == 0 {
		p.grow(max(need, 256)) // never 0: the engine takes a nil address for NULL
	}
	free := p.scratch
	for i, arg := range args {
		code := int32(sqlite3.SQLITE_OK)
		if p.places[i] != 0 {
			code = p.bindOne(p.places[i], arg, &free)
		}
		if code != sqlite3.SQLITE_OK {
			return p.conn.failure(code)
		}
	}
	return nil
}

func textSize(args []any) int {
	n := 0
	for _, arg := range args {
		switch v := arg.(type) {
		case string:
			n += len(v)
		case []byte:
			n += len(v)
		}
	}
	return n
}

func (p *prepared) grow(size int) {
	sqlite3.Xsqlite3_free(p.conn.tls, p.scratch)
	p.scratch, p.size = 0, size
	if size > 0 {
		p.scratch = sqlite3.Xsqlite3_malloc(p.conn.tls, int32(size))
	}
}

// bindOne binds one value; free is the next unused byte of the scratch memory.
func (p *prepared) bindOne(place int32, arg any, free *uintptr) int32 {
	tls := p.conn.tls
	switch v := arg.(type) {
	case nil:
		return sqlite3.Xsqlite3_bind_null(tls, p.handle, place)
	case string:
		at := *free
		copy(libc.GoBytes(at, len(v)), v)
		*free += uintptr(len(v))
		return sqlite3.Xsqlite3_bind_text(tls, p.handle, place, at, int32(len(v)), sqlite3.SQLITE_STATIC)
	case []byte:
		at := *free
		copy(libc.GoBytes(at, len(v)), v)
		*free += uintptr(len(v))
		return sqlite3.Xsqlite3_bind_blob(tls, p.handle, place, at, int32(len(v)), sqlite3.SQLITE_STATIC)
	case int64:
		return sqlite3.Xsqlite3_bind_int64(tls, p.handle, place, v)
	case int:
		return sqlite3.Xsqlite3_bind_int64(tls, p.handle, place, int64(v))
	case bool:
		n := int64(0)
		if v {
			n = 1
		}
		return sqlite3.Xsqlite3_bind_int64(tls, p.handle, place, n)
	}
	panic(fmt.Sprintf("store: a value of type %T cannot be bound", arg))
}

func (p *prepared) isNull(i int) bool {
	return sqlite3.Xsqlite3_column_type(p.conn.tls, p.handle, int32(i)) == sqlite3.SQLITE_NULL
}

func (p *prepared) text(i int) string {
	at := sqlite3.Xsqlite3_column_text(p.conn.tls, p.handle, int32(i))
	if at == 0 {
		return ""
	}
	return string(libc.GoBytes(at, int(sqlite3.Xsqlite3_column_bytes(p.conn.tls, p.handle, int32(i)))))
}

func (p *prepared) blob(i int) []byte {
	at := sqlite3.Xsqlite3_column_blob(p.conn.tls, p.handle, int32(i))
	if at == 0 {
		return nil
	}
	return append([]byte(nil), libc.GoBytes(at, int(sqlite3.Xsqlite3_column_bytes(p.conn.tls, p.handle, int32(i))))...)
}

func (p *prepared) number(i int) int64 {
	return sqlite3.Xsqlite3_column_int64(p.conn.tls, p.handle, int32(i))
}

func (p *prepared) flag(i int) bool { return p.number(i) != 0 }
