// SPDX-License-Identifier: Apache-2.0

package events

import (
	"context"
	"time"
)

// purgedAtOnce bounds one commit of Purge, so that it never keeps others waiting
// for long.
const purgedAtOnce = 500

// Purge deletes the events from before the time and returns how many. It ends
// early at the first that a delivery or the audit log's chain still needs.
func (s *Service) Purge(ctx context.Context, before time.Time) (int, error) {
	total := 0
	for {
		n, err := s.store.PurgeEvents(ctx, before, purgedAtOnce)
		total += n
		if err != nil || n < purgedAtOnce {
			return total, err
		}
	}
}
