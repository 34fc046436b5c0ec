// SPDX-License-Identifier: Apache-2.0

package store

import (
	"log/slog"
	"sync/atomic"
	"time"
)

// logPages is the size at which the write-ahead log of a busy database is copied
// back into it, and logLimit the same in bytes. A page that many commits change is
// copied once, and who writes meanwhile waits for the disk longer, so rarer is
// better; a page is found the slower in a larger log, so one caller alone, such as
// an import, has it copied back after a quarter of that. What was in the log at a
// crash is read and copied back by the next start.
const (
	logPages   = 64_000
	logLimit   = logPages * 4096
	aloneShare = 4 // the part of it, for one caller alone
	alonePages = logPages / aloneShare
	aloneAfter = 8 // commits that nobody shared
)

// When nothing was written for quietAfter, a log of more than quietLimit bytes is
// copied back too: the next commit then begins it anew, and closing is quick.
const (
	quietAfter = 10 * time.Second
	quietLimit = 4 << 20
)

// copyBack is what SQLite calls a checkpoint. It waits for nobody.
const copyBack = "PRAGMA wal_checkpoint(PASSIVE)"

// checkpointer copies the log back beside the writer, on a connection of its
// own, so that no commit has to wait for it.
type checkpointer struct {
	conn   *connection
	file   *pacedFile // the conn's
	logger *slog.Logger
	limit  int64 // of the log's size, in bytes
	quiet  int64 // the same when nobody has written for quietAfter
	alone  int   // commits since the last one that callers shared
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
	file, err := conn.paceFile()
	if err != nil {
		conn.close()
		return nil, err
	}
	c := &checkpointer{
		conn: conn, file: file, logger: logger, limit: logLimit, quiet: quietLimit,
		ask: make(chan struct{}, 1), ended: make(chan struct{}),
	}
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

// tend is called by the writer between its transactions, and told how many callers
// shared the last one. A log that is full is copied back in the background; what
// was written meanwhile is little, and the writer copies that itself, so that its
// next transaction finds nothing left and begins the log anew. Otherwise the log of
// a busy writer would never end.
func (c *checkpointer) tend(writing *connection, callers int) {
	limit := c.limit
	if c.isAlone(callers) {
		limit /= aloneShare
	}
	switch {
	case c.state.CompareAndSwap(copied, idle):
		c.run(writing)
	case writing.log.end > limit:
		c.begin()
	}
}

// isAlone reports whether one caller at a time has written for a while. The copy
// then has nobody to rest for.
func (c *checkpointer) isAlone(callers int) bool {
	if c.alone++; callers > 1 {
		c.alone = 0
	}
	alone := c.alone >= aloneAfter
	c.file.hurry.Store(alone)
	return alone
}

// rest is called by the writer when nobody has written for a while.
func (c *checkpointer) rest(writing *connection) {
	c.state.CompareAndSwap(copied, idle) // what the writer would have copied is copied anew
	if writing.log.end > c.quiet {
		c.begin()
	}
}

// begin lets the log be copied back in the background, unless that is under way.
func (c *checkpointer) begin() {
	if c.state.CompareAndSwap(idle, copying) {
		c.ask <- struct{}{}
	}
}

func (c *checkpointer) stop() {
	c.file.hurry.Store(true)
	close(c.ask)
	<-c.ended
	c.conn.close()
}
