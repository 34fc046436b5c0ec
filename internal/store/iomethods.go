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

// interposed is an open file of SQLite's with methods of ours before its own
// (sqlite3_io_methods).
type interposed struct {
	tls     *libc.TLS
	handle  uintptr // sqlite3_file
	methods uintptr // the table with ours in it
	former  uintptr // the table that the file had
}

// owners holds whose a handle is, which is all that a method is told.
var owners sync.Map

// The methods in C's terms.
type (
	transferMethod = func(tls *libc.TLS, file, data uintptr, size int32, offset int64) int32
	syncMethod     = func(tls *libc.TLS, file uintptr, flags int32) int32
	truncateMethod = func(tls *libc.TLS, file uintptr, size int64) int32
)

// Where the table has them.
const (
	atRead     = unsafe.Offsetof(sqlite3.Tsqlite3_io_methods{}.FxRead)
	atWrite    = unsafe.Offsetof(sqlite3.Tsqlite3_io_methods{}.FxWrite)
	atTruncate = unsafe.Offsetof(sqlite3.Tsqlite3_io_methods{}.FxTruncate)
	atSync     = unsafe.Offsetof(sqlite3.Tsqlite3_io_methods{}.FxSync)
)

// interpose gives the connection's file of that kind the methods, each for its
// place in the table. They find the owner by the handle.
func (c *connection) interpose(control int32, owner any, methods map[uintptr]uintptr) (*interposed, error) {
	handle, err := c.file(control)
	if err != nil {
		return nil, err
	}
	f := &interposed{tls: c.tls, handle: handle}
	if f.former = readPointer(handle); f.former == 0 {
		return nil, errors.New("store: the file is not open")
	}
	const size = int(unsafe.Sizeof(sqlite3.Tsqlite3_io_methods{}))
	f.methods = sqlite3.Xsqlite3_malloc(f.tls, int32(size))
	copy(libc.GoBytes(f.methods, size), libc.GoBytes(f.former, size))
	for place, method := range methods {
		writePointer(f.methods+place, method)
	}
	owners.Store(handle, owner)
	writePointer(handle, f.methods)
	c.closed = append(c.closed, func() { f.release(owner) })
	return f, nil
}

// release gives back the memory. The file must be closed. Another store of this
// process may have got the same handle since then, so only what is the owner's goes.
func (f *interposed) release(owner any) {
	owners.CompareAndDelete(f.handle, owner)
	sqlite3.Xsqlite3_free(f.tls, f.methods)
}

// write is the file's own method.
func (f *interposed) write(tls *libc.TLS, data uintptr, size int32, offset int64) int32 {
	return function[transferMethod](f.former+atWrite)(tls, f.handle, data, size, offset)
}

// ownerOf returns whose methods the handle has.
func ownerOf[T any](handle uintptr) T {
	owner, _ := owners.Load(handle)
	return owner.(T) //nolint:forcetypeassert // only handles that were stored have these methods
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
