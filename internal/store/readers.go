// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"sync"
)

// readers are the connections that read. Who asks gets the one that was given
// back last: its pages are the ones that are still near, and with few callers
// the others' need not be.
type readers struct {
	tokens chan struct{} // one for each idle connection
	closed chan struct{}
	all    int

	mu   sync.Mutex
	idle []*connection
}

// newReaders makes room for so many connections; add brings them in.
func newReaders(size int) *readers {
	return &readers{tokens: make(chan struct{}, size), closed: make(chan struct{})}
}

func (r *readers) add(conn *connection) {
	r.all++
	r.put(conn)
}

// get waits for a connection. The caller gives it back by put.
func (r *readers) get(ctx context.Context) (*connection, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-r.closed:
		return nil, errClosed
	default:
	}
	select {
	case <-r.tokens:
		return r.pop(), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-r.closed:
		return nil, errClosed
	}
}

func (r *readers) pop() *connection {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := len(r.idle) - 1
	conn := r.idle[last]
	r.idle = r.idle[:last]
	return conn
}

func (r *readers) put(conn *connection) {
	r.mu.Lock()
	r.idle = append(r.idle, conn)
	r.mu.Unlock()
	r.tokens <- struct{}{}
}

// close refuses whoever comes, once, and closes the connections as they come back.
func (r *readers) close() {
	close(r.closed)
	for range r.all {
		<-r.tokens
		r.pop().close()
	}
}
