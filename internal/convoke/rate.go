// SPDX-License-Identifier: Apache-2.0

package convoke

import "time"

// RateCategory is how heavy a call is (Zoom's rate limit labels).
type RateCategory string

// The categories.
const (
	RateLight     RateCategory = "Light"
	RateMedium    RateCategory = "Medium"
	RateHeavy     RateCategory = "Heavy"
	RateResources RateCategory = "Resource-intensive"
)

// RateCategories lists them from light to heavy.
func RateCategories() []RateCategory {
	return []RateCategory{RateLight, RateMedium, RateHeavy, RateResources}
}

// RateLimit is how many calls of a category an account may make. Daily counts
// by UTC days; 0 is no daily limit.
type RateLimit struct {
	Calls  int           // in a window
	Window time.Duration // a second or a minute
	Daily  int64
	Shared string // the categories of one daily count have the same name; empty: a count of its own
}

// RatePlan is a set of limits.
type RatePlan struct {
	Name    string
	Limits  map[RateCategory]RateLimit
	Invites int64 // new users who get an invitation by mail, in a UTC day
}

// heavyDay names the daily count that heavy and resource-intensive calls share.
const heavyDay = "Heavy"

// RatePlans are the plans of the Zoom cloud (its published rate limits). The
// last one's figures are what the headers announce where nothing is enforced.
func RatePlans() []RatePlan {
	second, minute := time.Second, time.Minute
	return []RatePlan{
		{"zoom-free", map[RateCategory]RateLimit{
			RateLight: {4, second, 6_000, ""}, RateMedium: {2, second, 2_000, ""},
			RateHeavy: {1, second, 1_000, ""}, RateResources: {10, minute, 30_000, ""},
		}, 50},
		{"zoom-pro", map[RateCategory]RateLimit{
			RateLight: {30, second, 0, ""}, RateMedium: {20, second, 0, ""},
			RateHeavy: {10, second, 30_000, heavyDay}, RateResources: {10, minute, 30_000, heavyDay},
		}, 1_500},
		{"zoom-business", map[RateCategory]RateLimit{
			RateLight: {80, second, 0, ""}, RateMedium: {60, second, 0, ""},
			RateHeavy: {40, second, 60_000, heavyDay}, RateResources: {20, minute, 60_000, heavyDay},
		}, 10_000},
	}
}

// FindRatePlan returns the plan of the name. "off" is the last of them, not to
// be enforced.
func FindRatePlan(name string) (plan RatePlan, enforced, found bool) {
	plans := RatePlans()
	for _, plan := range plans {
		if plan.Name == name {
			return plan, true, true
		}
	}
	return plans[len(plans)-1], false, name == "off"
}

// DailyCount is the name of the category's daily count in the plan.
func (p RatePlan) DailyCount(c RateCategory) string {
	if shared := p.Limits[c].Shared; shared != "" {
		return shared
	}
	return string(c)
}

// RateState is how a caller stands after a call.
type RateState struct {
	Category  RateCategory
	Daily     bool // the limit is the day's; else the window's
	Limit     int64
	Remaining int64
	Reset     time.Time // when the window or the day is over
}

// Quota is one count of a limiter, with what it is held to.
type Quota struct {
	ClientID ClientID // empty: of the whole account
	Category RateCategory
	Window   time.Duration // 0: the UTC day
	Limit    int64         // 0: none
	Used     int64
	Reset    time.Time
}

// QuotaKey names a daily count that processes share.
type QuotaKey struct {
	AccountID AccountID
	Count     string // a category, or InviteCount
	Day       int64  // days since 1970 in UTC
}

// InviteCount names the count of invitations.
const InviteCount = "Invites"

// DayOf is the UTC day of a moment, in days since 1970.
func DayOf(t time.Time) int64 { return t.Unix() / 86400 }

// EndOfDay is when the UTC day of the moment is over.
func EndOfDay(t time.Time) time.Time { return time.Unix((DayOf(t)+1)*86400, 0).UTC() }

// RateExceeded is the error of a call beyond its limit, in Zoom's words.
func RateExceeded(s RateState) error {
	if s.Daily {
		return Errorf(KindExhausted, CodeRateDaily, "You have reached the maximum daily rate limit for this API. "+
			"Refer to the response header for details on when you can make another request.")
	}
	return Errorf(KindExhausted, CodeRateSecond, "You have reached the maximum per-second rate limit for this API. Try again later.")
}

// InvitesExceeded is the error of an invitation beyond the day's limit.
func InvitesExceeded(limit int64) error {
	return Errorf(KindExhausted, CodeRateInvites, "You have exceeded the daily rate limit (%d) of user invite requests permitted "+
		"for this account. You may resume these requests at GMT 00:00:00.", limit)
}
