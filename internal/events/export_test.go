// SPDX-License-Identifier: Apache-2.0

package events

import "time"

// SetPoll makes the service look for new events and jobs more often.
func (s *Service) SetPoll(d time.Duration) { s.poll = d }
