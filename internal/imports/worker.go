// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"context"
	"sync"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

const (
	atOnce     = 2               // chunks of this process, each of another account
	poll       = time.Second     // between looks for jobs of other processes
	lease      = 3 * time.Second // after which a job of a dead process is taken over
	renewEvery = time.Second
	sweepEvery = time.Hour
	keepEnded  = 30 * 24 * time.Hour
	keepBroken = 24 * time.Hour // an upload that was cut off
)

// Run does jobs until ctx ends; the chunk in hand is finished or rolled back
// first. Faults are logged and tried again.
func (s *Service) Run(ctx context.Context) error {
	var group sync.WaitGroup
	for range atOnce {
		group.Go(func() { s.loop(ctx) })
	}
	group.Go(func() { s.sweep(ctx) })
	group.Wait()
	return nil
}

func (s *Service) loop(ctx context.Context) {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for ctx.Err() == nil {
		job, found, err := s.claimNext(ctx)
		if err == nil && found {
			err = s.turn(ctx, job)
		}
		if err != nil && ctx.Err() == nil {
			s.logger.ErrorContext(ctx, "an import does not go on; trying again", "import", job.ID, "error", err)
		}
		if err == nil && found {
			continue
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		case <-s.nudge:
		}
	}
}

func (s *Service) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		now := s.clock()
		if err := s.jobs.DeleteImports(ctx, now.Add(-keepEnded), now.Add(-keepBroken)); err != nil && ctx.Err() == nil {
			s.logger.ErrorContext(ctx, "deleting old imports failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// claim takes one job, under a name that no other claim has.
func (s *Service) claim(ctx context.Context, id convoke.ImportID) (convoke.Import, error) {
	owner := s.owner + "." + newID()
	var job convoke.Import
	err := s.jobs.ChangeImport(ctx, id, func(before convoke.Import) (convoke.Import, []convoke.Event, error) {
		now := s.clock()
		after, events, err := before.Claim(owner, now.Add(lease), convoke.Mark{At: now, By: before.By})
		job = after
		return after, events, err
	})
	return job, err
}

// Finish does a job in this process, or follows who does, until it is over. show
// is told how it goes, and may be nil.
func (s *Service) Finish(ctx context.Context, p convoke.Principal, id convoke.ImportID, show func(convoke.Import)) (convoke.Import, error) {
	tick := time.NewTicker(poll / 5)
	defer tick.Stop()
	for {
		job, err := s.Import(ctx, p, id)
		if err != nil || job.State.Over() {
			return job, err
		}
		if show != nil {
			show(job)
		}
		claimed, err := s.claim(ctx, id)
		if err == nil {
			err = s.work(ctx, claimed, show, nil)
		}
		if err != nil && !convoke.HasCode(err, convoke.CodeImportTaken) {
			return job, err
		}
		select {
		case <-ctx.Done():
			return job, ctx.Err()
		case <-tick.C:
		}
	}
}

// work does the chunks of a claimed job, and gives it back when it cannot go on,
// or when yield, asked between chunks, says so. show and yield may be nil.
func (s *Service) work(ctx context.Context, job convoke.Import, show func(convoke.Import), yield func() (bool, error)) error {
	owner := job.Owner
	stop := s.keep(ctx, job.ID, owner)
	defer stop()
	expectNew := onlyNew(convoke.ImportCounts{}, job.Counts) || job.NextChunk == 0
	chunks, stopReading := s.readAhead(ctx, job)
	defer stopReading()
	for !job.State.Over() {
		next, err := s.doChunk(ctx, job, chunks, expectNew)
		if convoke.HasCode(err, convoke.CodeImportTaken) || convoke.HasCode(err, convoke.CodeImportNotFound) {
			return nil // cancelled, deleted, or done by another: all is as it should be
		}
		var enough bool
		if err == nil {
			expectNew = onlyNew(job.Counts, next.Counts)
			if job = next; show != nil {
				show(job)
			}
			if yield != nil && !job.State.Over() {
				enough, err = yield()
			}
		}
		if enough || err != nil {
			stop()
			s.release(ctx, job.ID, owner)
			return err
		}
	}
	return nil
}

// onlyNew reports whether the rows between made users and found none: then those
// of the next chunk most likely do too.
func onlyNew(before, after convoke.ImportCounts) bool {
	return after.Create > before.Create && after.Update == before.Update && after.Skip == before.Skip && after.Conflict == before.Conflict
}

// keep renews the lease while a chunk takes long, until stop is called.
func (s *Service) keep(ctx context.Context, id convoke.ImportID, owner string) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(renewEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				s.renew(ctx, id, owner)
			}
		}
	}()
	return sync.OnceFunc(func() {
		cancel()
		<-done
	})
}

func (s *Service) renew(ctx context.Context, id convoke.ImportID, owner string) {
	err := s.jobs.ChangeImport(ctx, id, func(job convoke.Import) (convoke.Import, []convoke.Event, error) {
		return job.Claim(owner, s.clock().Add(lease), convoke.Mark{At: s.clock(), By: job.By})
	})
	if err != nil && ctx.Err() == nil && !convoke.HasCode(err, convoke.CodeImportTaken) {
		s.logger.WarnContext(ctx, "an import's lease was not renewed", "import", id, "error", err)
	}
}

// release lets the next worker begin at once, rather than after the lease.
func (s *Service) release(ctx context.Context, id convoke.ImportID, owner string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lease)
	defer cancel()
	err := s.jobs.ChangeImport(ctx, id, func(job convoke.Import) (convoke.Import, []convoke.Event, error) {
		return job.Release(owner), nil, nil
	})
	if err != nil {
		s.logger.WarnContext(ctx, "an import was not given back; its lease will end", "import", id, "error", err)
	}
}
