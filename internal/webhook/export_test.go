// SPDX-License-Identifier: Apache-2.0

package webhook

import "time"

// SetPace makes the Deliverer look at the lease and for changed subscriptions more
// seldom, and reads all of them so seldom that it must have seen the change.
func (d *Deliverer) SetPace(lease, look time.Duration) {
	d.lease, d.looks, d.reloads = lease, look, lease
}

// Body is what is sent of an event.
var Body = body
