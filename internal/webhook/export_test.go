// SPDX-License-Identifier: Apache-2.0

package webhook

import "time"

// SetPace makes the Deliverer look at the lease and the subscriptions more seldom.
func (d *Deliverer) SetPace(lease, reload time.Duration) { d.lease, d.reloads = lease, reload }

// Body is what is sent of an event.
var Body = body
