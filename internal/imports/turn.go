// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/convoke/convoke/internal/convoke"
)

// maxQueue is how many accounts' jobs a worker chooses from, the oldest jobs first.
const maxQueue = 100

// turns remembers when each account had its last one in this process, so that no
// account's files, however many and long, keep others' waiting.
type turns struct {
	mu   sync.Mutex
	n    int64
	last map[convoke.AccountID]int64
}

// sort puts first whose turn it is: of those who waited equally long, who came
// first. Accounts that have no job any more are forgotten.
func (t *turns) sort(queue []convoke.Import) {
	t.mu.Lock()
	defer t.mu.Unlock()
	last := make(map[convoke.AccountID]int64, len(queue))
	for _, job := range queue {
		if n, had := t.last[job.AccountID]; had {
			last[job.AccountID] = n
		}
	}
	t.last = last
	slices.SortStableFunc(queue, func(a, b convoke.Import) int {
		return cmp.Compare(last[a.AccountID], last[b.AccountID])
	})
}

// take notes that the account has its turn now.
func (t *turns) take(account convoke.AccountID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n++
	if t.last == nil {
		t.last = make(map[convoke.AccountID]int64)
	}
	t.last[account] = t.n
}

// waiting returns each account's oldest job unless a worker has it, in the order
// of their turns. The account's later ones wait for it.
func (s *Service) waiting(ctx context.Context) ([]convoke.Import, error) {
	queue, err := s.jobs.NextImports(ctx, maxQueue)
	if err != nil {
		return nil, err
	}
	queue = slices.DeleteFunc(queue, func(job convoke.Import) bool {
		return job.Owner != "" && s.clock().Before(job.LeaseUntil)
	})
	s.turns.sort(queue)
	return queue, nil
}

// claimNext takes the job whose turn it is.
func (s *Service) claimNext(ctx context.Context) (job convoke.Import, found bool, err error) {
	queue, err := s.waiting(ctx)
	if err != nil {
		return job, false, err
	}
	for _, candidate := range queue {
		job, err := s.claim(ctx, candidate.ID)
		if err == nil {
			s.turns.take(job.AccountID)
			return job, true, nil
		}
		if !convoke.HasCode(err, convoke.CodeImportTaken) && !convoke.HasCode(err, convoke.CodeImportNotFound) {
			return candidate, false, err
		}
	}
	return job, false, nil
}

// turn does a claimed job, chunk by chunk while no other account's job waits.
func (s *Service) turn(ctx context.Context, job convoke.Import) error {
	return s.work(ctx, job, nil, func() (bool, error) {
		queue, err := s.waiting(ctx)
		s.turns.take(job.AccountID)
		return len(queue) > 0, err
	})
}
