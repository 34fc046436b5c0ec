// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"cmp"
	"time"
)

// Zones finds a time zone by its IANA name; time.LoadLocation is one.
type Zones func(name string) (*time.Location, error)

// find returns the zone, or nil when there is none of that name.
func (z Zones) find(name string) *time.Location {
	if name == "" || name == "Local" || len(name) > 64 {
		return nil // the empty name and Local would be this machine's business
	}
	zone, err := z(name)
	if err != nil {
		return nil
	}
	return zone
}

// Zone returns the meeting's time zone; UTC where it has none.
func (m Meeting) Zone(zones Zones) *time.Location {
	return cmp.Or(zones.find(m.Timezone), time.UTC)
}
