// SPDX-License-Identifier: Apache-2.0

package store

import (
	"sync/atomic"
	"time"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// pacedFile stands between a connection that copies the log back and its database
// file. After every pagesAtOnce pages it rests for restFor: a copy in one go takes
// a processor, and then the disk, from everybody who is being served.
type pacedFile struct {
	*interposed
	pages int         // written so far
	hurry atomic.Bool // there is nobody to rest for
}

const (
	pagesAtOnce = 16
	restFor     = time.Millisecond
)

// paceFile puts a pacedFile before the connection's database.
func (c *connection) paceFile() (*pacedFile, error) {
	f := &pacedFile{}
	file, err := c.interpose(sqlite3.SQLITE_FCNTL_FILE_POINTER, f, map[uintptr]uintptr{atWrite: functionPointer(pacedWrite)})
	f.interposed = file
	return f, err
}

func pacedWrite(tls *libc.TLS, file, data uintptr, size int32, offset int64) int32 {
	f := ownerOf[*pacedFile](file)
	if f.pages++; f.pages%pagesAtOnce == 0 && !f.hurry.Load() {
		time.Sleep(restFor)
	}
	return f.write(tls, data, size, offset)
}
