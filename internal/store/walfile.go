// SPDX-License-Identifier: Apache-2.0

package store

import (
	"encoding/binary"
	"errors"
	"strconv"
	"sync"
	"unsafe"

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
// first. It takes the place of four of the file's methods (sqlite3_io_methods)
// and calls the former ones.
type walFile struct {
	tls      *libc.TLS
	handle   uintptr // sqlite3_file
	methods  uintptr // the table with ours in it
	former   uintptr // the table that the file had
	gathered uintptr // bytes for the offset start
	count    int
	start    int64
	end      int64 // where the last write ended: how far the log is filled
}

// gatherSize is what SQLite's unix files write in one call: under 128 KiB.
const gatherSize = 120 << 10

// walFiles finds the walFile of a handle, which is all that a method is told.
var walFiles sync.Map

// gatherLog puts a walFile before the connection's write-ahead log, which a
// transaction must have opened.
func (c *connection) gatherLog() error {
	handle, err := c.file(sqlite3.SQLITE_FCNTL_JOURNAL_POINTER)
	if err != nil {
		return err
	}
	f := &walFile{tls: c.tls, handle: handle}
	if f.former = readPointer(f.handle); f.former == 0 {
		return errors.New("store: the write-ahead log is not open")
	}
	f.gathered = sqlite3.Xsqlite3_malloc(c.tls, gatherSize)
	f.replaceMethods()
	c.log = f
	return nil
}

// The methods in C's terms.
type (
	transferMethod = func(tls *libc.TLS, file, data uintptr, size int32, offset int64) int32
	syncMethod     = func(tls *libc.TLS, file uintptr, flags int32) int32
	truncateMethod = func(tls *libc.TLS, file uintptr, size int64) int32
)

const (
	atRead     = unsafe.Offsetof(sqlite3.Tsqlite3_io_methods{}.FxRead)
	atWrite    = unsafe.Offsetof(sqlite3.Tsqlite3_io_methods{}.FxWrite)
	atTruncate = unsafe.Offsetof(sqlite3.Tsqlite3_io_methods{}.FxTruncate)
	atSync     = unsafe.Offsetof(sqlite3.Tsqlite3_io_methods{}.FxSync)
)

func (f *walFile) replaceMethods() {
	const size = int(unsafe.Sizeof(sqlite3.Tsqlite3_io_methods{}))
	f.methods = sqlite3.Xsqlite3_malloc(f.tls, int32(size))
	copy(libc.GoBytes(f.methods, size), libc.GoBytes(f.former, size))
	writePointer(f.methods+atRead, functionPointer(walRead))
	writePointer(f.methods+atWrite, functionPointer(walWrite))
	writePointer(f.methods+atTruncate, functionPointer(walTruncate))
	writePointer(f.methods+atSync, functionPointer(walSync))
	walFiles.Store(f.handle, f)
	writePointer(f.handle, f.methods)
}

// release gives back the memory. The file must be closed. Another store of this
// process may have got the same handle since then, so only what is ours goes.
func (f *walFile) release() {
	walFiles.CompareAndDelete(f.handle, f)
	sqlite3.Xsqlite3_free(f.tls, f.methods)
	sqlite3.Xsqlite3_free(f.tls, f.gathered)
}

func walOf(handle uintptr) *walFile {
	f, _ := walFiles.Load(handle)
	return f.(*walFile) //nolint:forcetypeassert // only handles that were stored have these methods
}

func walWrite(tls *libc.TLS, file, data uintptr, size int32, offset int64) int32 {
	f := walOf(file)
	if f.count > 0 && (offset != f.start+int64(f.count) || f.count+int(size) > gatherSize) {
		if code := f.flush(tls); code != sqlite3.SQLITE_OK {
			return code
		}
	}
	f.end = offset + int64(size)
	if size > gatherSize {
		return function[transferMethod](f.former+atWrite)(tls, file, data, size, offset)
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
	return function[transferMethod](f.former+atWrite)(tls, f.handle, f.gathered, size, f.start)
}

func walRead(tls *libc.TLS, file, data uintptr, size int32, offset int64) int32 {
	f := walOf(file)
	if code := f.flush(tls); code != sqlite3.SQLITE_OK {
		return code
	}
	return function[transferMethod](f.former+atRead)(tls, file, data, size, offset)
}

func walSync(tls *libc.TLS, file uintptr, flags int32) int32 {
	f := walOf(file)
	if code := f.flush(tls); code != sqlite3.SQLITE_OK {
		return code
	}
	return function[syncMethod](f.former+atSync)(tls, file, flags)
}

func walTruncate(tls *libc.TLS, file uintptr, size int64) int32 {
	f := walOf(file)
	if code := f.flush(tls); code != sqlite3.SQLITE_OK {
		return code
	}
	return function[truncateMethod](f.former+atTruncate)(tls, file, size)
}

// functionPointer is how the engine, translated to Go, holds a function.
func functionPointer[F any](f F) uintptr {
	return *(*uintptr)(unsafe.Pointer(&f)) //nolint:gosec // the translated engine's own convention
}

// function is the reverse for the pointer stored at an address.
func function[F any](address uintptr) F {
	pointer := readPointer(address)
	return *(*F)(unsafe.Pointer(&pointer)) //nolint:gosec // the translated engine's own convention
}

const pointerSize = strconv.IntSize / 8

// readPointer reads a pointer from memory of the engine.
func readPointer(address uintptr) uintptr {
	raw := libc.GoBytes(address, pointerSize)
	if pointerSize == 4 {
		return uintptr(binary.NativeEndian.Uint32(raw))
	}
	return uintptr(binary.NativeEndian.Uint64(raw))
}

func writePointer(address, value uintptr) {
	raw := libc.GoBytes(address, pointerSize)
	if pointerSize == 4 {
		binary.NativeEndian.PutUint32(raw, uint32(value))
		return
	}
	binary.NativeEndian.PutUint64(raw, uint64(value))
}
