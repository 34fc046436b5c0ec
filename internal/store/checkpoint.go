// SPDX-License-Identifier: Apache-2.0

package store

import (
	"log/slog"
	"sync/atomic"
)

// logPages is the size at which the write-ahead log is copied back into the
// database, and logLimit the same in bytes. A page that many commits change is copied
// once, so rarer is cheaper; after a crash the next start reads that much again.
const (
	logPages = 16_000
	logLimit = logPages * 4096
)

// copyBack is what SQLite calls a checkpoint. It waits for nobody.
const copyBack = "PRAGMA wal_checkpoint(PASSIVE)"

// checkpointer copies the log back beside the writer, on a connection of its
// own, so that no commit has to wait for it.
type checkpointer struct {
	conn   *connection
	logger *slog.Logger
	limit  int64 // of the log's size, in bytes
	ask    chan struct{}
	ended  chan struct{}
	state  atomic.Int32
}

// The states of a checkpointer.
const (
	idle int32 = iota
	copying
	copied
)

func startCheckpointer(path string, logger *slog.Logger) (*checkpointer, error) {
	conn, err := openConnection(path, busyTimeout, "synchronous = FULL", "wal_autocheckpoint = 0")
	if err != nil {
		return nil, err
	}
	c := &checkpointer{conn: conn, logger: logger, limit: logLimit, ask: make(chan struct{}, 1), ended: make(chan struct{})}
	go c.loop()
	return c, nil
}

// passes is how often the log is copied back in the background: the second time
// it is only what was written during the first.
const passes = 2

func (c *checkpointer) loop() {
	defer close(c.ended)
	for range c.ask {
		for range passes {
			c.run(c.conn)
		}
		c.state.Store(copied)
	}
}

// run copies back and brings the pages to the disk. SQLite itself syncs the
// database only when it copied the whole log, which beside a busy writer is
// never: the writer's own last copy would then wait for all the pages at once.
//
// A failure is reported and leaves the log as it is; the next run tries again.
func (c *checkpointer) run(conn *connection) {
	err := conn.query(nil, copyBack, nil)
	if err == nil && conn == c.conn {
		err = conn.sync()
	}
	if err != nil {
		c.logger.Warn("The write-ahead log could not be copied back into the database.", "error", err)
	}
}

// tend is called by the writer between its transactions. A log that is full is
// copied back in the background; what was written meanwhile is little, and the
// writer copies that itself, so that its next transaction finds nothing left
// and begins the log anew. Otherwise the log of a busy writer would never end.
func (c *checkpointer) tend(writing *connection) {
	switch {
	case c.state.CompareAndSwap(copied, idle):
		c.run(writing)
	case writing.log.end > c.limit && c.state.CompareAndSwap(idle, copying):
		c.ask <- struct{}{}
	}
}

func (c *checkpointer) stop() {
	close(c.ask)
	<-c.ended
	c.conn.close()
}
