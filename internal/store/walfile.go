// SPDX-License-Identifier: Apache-2.0

package store

import (
	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// walFile stands between a connection and its write-ahead log. SQLite writes
// every frame of a commit by two calls of the system, and a commit that makes
// users touches a page for each random key: the calls cost more than what they
// write. Here neighbouring writes are gathered and go out together, at the
// latest when SQLite syncs or reads the file.
//
// That is safe for a connection with synchronous=FULL only: SQLite then syncs
// the log before it shows a commit to anybody, and what was gathered is written
// first.
type walFile struct {
	*interposed
	gathered uintptr // bytes for the offset start
	count    int
	start    int64
	end      int64 // where the last write ended: how far the log is filled
}

// gatherSize is what SQLite's unix files write in one call: under 128 KiB.
const gatherSize = 120 << 10

// gatherLog puts a walFile before the connection's write-ahead log, which a
// transaction must have opened.
func (c *connection) gatherLog() error {
	f := &walFile{}
	file, err := c.interpose(sqlite3.SQLITE_FCNTL_JOURNAL_POINTER, f, map[uintptr]uintptr{
		atRead:     functionPointer(walRead),
		atWrite:    functionPointer(walWrite),
		atTruncate: functionPointer(walTruncate),
		atSync:     functionPointer(walSync),
	})
	if err != nil {
		return err
	}
	f.interposed, f.gathered = file, sqlite3.Xsqlite3_malloc(c.tls, gatherSize)
	c.closed = append(c.closed, func() { sqlite3.Xsqlite3_free(c.tls, f.gathered) })
	c.log = f
	return nil
}

func walWrite(tls *libc.TLS, file, data uintptr, size int32, offset int64) int32 {
	f := ownerOf[*walFile](file)
	if f.count > 0 && (offset != f.start+int64(f.count) || f.count+int(size) > gatherSize) {
		if code := f.flush(tls); code != sqlite3.SQLITE_OK {
			return code
		}
	}
	f.end = offset + int64(size)
	if size > gatherSize {
		return f.write(tls, data, size, offset)
	}
	if f.count == 0 {
		f.start = offset
	}
	copy(libc.GoBytes(f.gathered+uintptr(f.count), int(size)), libc.GoBytes(data, int(size)))
	f.count += int(size)
	return sqlite3.SQLITE_OK
}

func (f *walFile) flush(tls *libc.TLS) int32 {
	if f.count == 0 {
		return sqlite3.SQLITE_OK
	}
	size := int32(f.count)
	f.count = 0
	return f.write(tls, f.gathered, size, f.start)
}

func walRead(tls *libc.TLS, file, data uintptr, size int32, offset int64) int32 {
	f := ownerOf[*walFile](file)
	if code := f.flush(tls); code != sqlite3.SQLITE_OK {
		return code
	}
	return function[transferMethod](f.former+atRead)(tls, file, data, size, offset)
}

func walSync(tls *libc.TLS, file uintptr, flags int32) int32 {
	f := ownerOf[*walFile](file)
	if code := f.flush(tls); code != sqlite3.SQLITE_OK {
		return code
	}
	return function[syncMethod](f.former+atSync)(tls, file, flags)
}

func walTruncate(tls *libc.TLS, file uintptr, size int64) int32 {
	f := ownerOf[*walFile](file)
	if code := f.flush(tls); code != sqlite3.SQLITE_OK {
		return code
	}
	return function[truncateMethod](f.former+atTruncate)(tls, file, size)
}
