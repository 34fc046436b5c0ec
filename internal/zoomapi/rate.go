// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/zoom"
)

// label is the rate label of a call, with the requests in a second that Zoom's
// published limits foresee for it on the plans Business and above.
type label struct {
	name  string
	limit int
}

var (
	light  = label{"Light", 80}
	medium = label{"Medium", 60}
)

// announce writes the rate headers. Used is how many requests of the label the
// app has sent in the present second. No limit is enforced; the headers let a
// client pace itself as it would against the Zoom cloud.
func (l label) announce(h http.Header, used int) {
	h.Set(zoom.HeaderRateCategory, l.name)
	h.Set(zoom.HeaderRateType, "QPS")
	h.Set(zoom.HeaderRateLimit, strconv.Itoa(l.limit))
	h.Set(zoom.HeaderRateRemaining, strconv.Itoa(max(0, l.limit-used)))
}

// usage counts each app's requests in the present second. It knows this
// process only and forgets everything when the second is over, so that it
// holds no more than the apps that are calling right now.
type usage struct {
	mu     sync.Mutex
	second int64
	counts map[budget]int
}

type budget struct {
	app  convoke.ClientID
	rate label
}

// count adds one request and returns how many there have been in this second.
func (u *usage) count(app convoke.ClientID, rate label, now time.Time) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	if second := now.Unix(); second != u.second || u.counts == nil {
		u.second, u.counts = second, map[budget]int{}
	}
	u.counts[budget{app, rate}]++
	return u.counts[budget{app, rate}]
}
