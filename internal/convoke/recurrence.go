// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Recurrence says when a series (type 8) takes place, in Zoom's wire names.
type Recurrence struct {
	Type           int    `json:"type"` // 1 daily, 2 weekly, 3 monthly
	RepeatInterval int    `json:"repeat_interval,omitempty"`
	WeeklyDays     string `json:"weekly_days,omitempty"` // "1" (Sunday) to "7", separated by commas
	MonthlyDay     int    `json:"monthly_day,omitempty"`
	MonthlyWeek    int    `json:"monthly_week,omitempty"` // -1 (last), 1 to 4
	MonthlyWeekDay int    `json:"monthly_week_day,omitempty"`
	EndTimes       int    `json:"end_times,omitempty"` // at most 60; 0 with no EndDateTime is no end
	EndDateTime    string `json:"end_date_time,omitempty"`
}

// Occurrence is one meeting of a series.
type Occurrence struct {
	ID        string // its start in milliseconds since 1970
	StartTime time.Time
	Duration  int // minutes
}

// MaxOccurrences is the most meetings that a series has; one without an end is
// shown that far.
const MaxOccurrences = 60

// The values of Recurrence.Type.
const (
	daily   = 1
	weekly  = 2
	monthly = 3
)

// absent marks an end_times that the request does not name.
const absent = math.MinInt

// longestInterval is the largest repeat_interval of each type: days, weeks, months.
var longestInterval = map[int]int{daily: 99, weekly: 50, monthly: 10}

// applyRecurrence takes the recurrence of a series; other types have none.
func (m *Meeting) applyRecurrence(raw json.RawMessage) error {
	if m.Type != TypeSeries {
		m.Recurrence = nil
		return nil
	}
	if len(raw) > 0 && string(raw) != "null" {
		r, err := parseRecurrence(raw)
		if err != nil {
			return err
		}
		m.Recurrence = &r
	}
	if m.Recurrence == nil {
		return Invalid(CodeInvalidField, "recurrence", "A recurring meeting with a fixed time (type 8) needs a recurrence.")
	}
	return nil
}

// checkSeries refuses a series that never takes place.
func (m Meeting) checkSeries(zones Zones) error {
	if m.Recurrence == nil || len(m.Occurrences(m.Zone(zones))) > 0 {
		return nil
	}
	return Invalid(CodeInvalidField, "recurrence.end_date_time", "The series ends before it would take place for the first time.")
}

// parseRecurrence reads Zoom's recurrence object, fills in the defaults, checks
// the limits and drops the fields that its type does not use.
func parseRecurrence(raw json.RawMessage) (Recurrence, error) {
	r := Recurrence{RepeatInterval: 1, EndTimes: absent}
	if err := json.Unmarshal(raw, &r); err != nil {
		return Recurrence{}, wrongType("recurrence", err)
	}
	longest, known := longestInterval[r.Type]
	if !known {
		return Recurrence{}, Invalid(CodeInvalidField, "recurrence.type", "recurrence.type must be 1 (daily), 2 (weekly) or 3 (monthly).")
	}
	if r.RepeatInterval < 1 || r.RepeatInterval > longest {
		return Recurrence{}, Invalid(CodeInvalidField, "recurrence.repeat_interval",
			"recurrence.repeat_interval must be from 1 to %d for this type.", longest)
	}
	for _, check := range []func() error{r.checkWeekly, r.checkMonthly, r.checkEnd} {
		if err := check(); err != nil {
			return Recurrence{}, err
		}
	}
	return r, nil
}

func (r *Recurrence) checkWeekly() error {
	if r.Type != weekly {
		r.WeeklyDays = ""
		return nil
	}
	if r.WeeklyDays == "" {
		r.WeeklyDays = "1"
	}
	var days []string
	for day := range strings.SplitSeq(r.WeeklyDays, ",") {
		day = strings.TrimSpace(day)
		if len(day) != 1 || day < "1" || day > "7" {
			return Invalid(CodeInvalidField, "recurrence.weekly_days",
				"recurrence.weekly_days must be days from 1 (Sunday) to 7 (Saturday), separated by commas.")
		}
		days = append(days, day)
	}
	slices.Sort(days)
	r.WeeklyDays = strings.Join(slices.Compact(days), ",")
	return nil
}

func (r *Recurrence) checkMonthly() error {
	if r.Type != monthly {
		r.MonthlyDay, r.MonthlyWeek, r.MonthlyWeekDay = 0, 0, 0
		return nil
	}
	if r.MonthlyWeek == 0 && r.MonthlyWeekDay == 0 {
		if r.MonthlyDay == 0 {
			r.MonthlyDay = 1
		}
		if r.MonthlyDay < 1 || r.MonthlyDay > 31 {
			return Invalid(CodeInvalidField, "recurrence.monthly_day", "recurrence.monthly_day must be from 1 to 31.")
		}
		return nil
	}
	r.MonthlyDay = 0
	if !slices.Contains([]int{-1, 1, 2, 3, 4}, r.MonthlyWeek) {
		return Invalid(CodeInvalidField, "recurrence.monthly_week", "recurrence.monthly_week must be -1 (last), 1, 2, 3 or 4.")
	}
	if r.MonthlyWeekDay < 1 || r.MonthlyWeekDay > 7 {
		return Invalid(CodeInvalidField, "recurrence.monthly_week_day",
			"recurrence.monthly_week_day must be from 1 (Sunday) to 7 (Saturday), together with monthly_week.")
	}
	return nil
}

// checkEnd takes one of end_times and end_date_time; neither is one meeting.
func (r *Recurrence) checkEnd() error {
	if r.EndDateTime != "" {
		if r.EndTimes > 0 {
			return Invalid(CodeInvalidField, "recurrence.end_times", "Give end_times or end_date_time, not both.")
		}
		r.EndTimes = 0
		if end, err := time.Parse(time.RFC3339, r.EndDateTime); err != nil || end.Year() > lastYear {
			return Invalid(CodeInvalidField, "recurrence.end_date_time", "recurrence.end_date_time must look like 2026-11-25T12:00:00Z.")
		}
		return nil
	}
	if r.EndTimes == absent {
		r.EndTimes = 1
	}
	if r.EndTimes < 0 || r.EndTimes > MaxOccurrences {
		return Invalid(CodeInvalidField, "recurrence.end_times",
			"recurrence.end_times must be from 1 to %d, or 0 for no end.", MaxOccurrences)
	}
	return nil
}

// end returns the last moment at which a meeting of the series may start, and
// the most meetings that it has.
func (r Recurrence) end() (last time.Time, count int) {
	if last, err := time.Parse(time.RFC3339, r.EndDateTime); err == nil {
		return last, MaxOccurrences
	}
	if r.EndTimes == 0 {
		return farFuture, MaxOccurrences
	}
	return farFuture, r.EndTimes
}

var farFuture = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// Occurrences returns the meetings of a series in order, at most MaxOccurrences,
// at the same time of the zone's clock, also across a change of daylight saving.
// The first is the first day on or after the start time that fits. A month that
// lacks the day is passed over (as RFC 5545 section 3.3.10 does). Other types
// have no occurrences.
func (m Meeting) Occurrences(zone *time.Location) []Occurrence {
	if m.Type != TypeSeries || m.Recurrence == nil {
		return nil
	}
	start := m.StartTime.In(zone)
	sinceMidnight := time.Date(1, 1, 1, start.Hour(), start.Minute(), start.Second(), 0, time.UTC).Sub(date(1, 1, 1))
	last, count := m.Recurrence.end()
	var list []Occurrence
	for period := range MaxOccurrences * 12 { // no pattern leaves out more than eleven periods in a row
		for _, day := range m.Recurrence.days(start, period) {
			at := onClock(day.Add(sinceMidnight), zone)
			if at.After(last) || len(list) == count {
				return list
			}
			if !at.Before(start) {
				list = append(list, Occurrence{strconv.FormatInt(at.UnixMilli(), 10), at.UTC(), m.Duration})
			}
		}
	}
	return list
}

// days returns the dates of the series in its period-th day, week (from Sunday)
// or month, counted from the start's own and by the repeat interval.
func (r Recurrence) days(start time.Time, period int) []time.Time {
	y, mo, d := start.Date()
	step := period * r.RepeatInterval
	switch r.Type {
	case daily:
		return []time.Time{date(y, mo, d+step)}
	case weekly:
		sunday := date(y, mo, d-int(start.Weekday())+7*step)
		var list []time.Time
		for day := range strings.SplitSeq(r.WeeklyDays, ",") {
			list = append(list, sunday.AddDate(0, 0, int(day[0]-'1')))
		}
		return list
	}
	first := date(y, mo+time.Month(step), 1)
	if r.MonthlyDay == 0 {
		return []time.Time{r.weekdayOf(first)}
	}
	if day := first.AddDate(0, 0, r.MonthlyDay-1); day.Month() == first.Month() {
		return []time.Time{day}
	}
	return nil
}

// weekdayOf returns the n-th or the last given weekday of the month.
func (r Recurrence) weekdayOf(first time.Time) time.Time {
	wanted := time.Weekday(r.MonthlyWeekDay - 1)
	if r.MonthlyWeek == -1 {
		last := first.AddDate(0, 1, -1)
		return last.AddDate(0, 0, -int(last.Weekday()-wanted+7)%7)
	}
	return first.AddDate(0, 0, int(wanted-first.Weekday()+7)%7+7*(r.MonthlyWeek-1))
}

// onClock returns the moment at which the zone's clock shows what local, taken as
// UTC, shows. A time that the start of daylight saving leaves out is counted from
// before the change (RFC 5545 section 3.3.5), and so comes out an hour later.
func onClock(local time.Time, zone *time.Location) time.Time {
	y, mo, d := local.Date()
	h, mi, s := local.Clock()
	at := time.Date(y, mo, d, h, mi, s, 0, zone)
	if at.Hour() == h && at.Minute() == mi {
		return at
	}
	_, before := time.Date(y, mo, d-1, h, mi, s, 0, zone).Zone()
	return local.Truncate(time.Second).Add(-time.Duration(before) * time.Second).In(zone)
}

// date is a calendar day; its clock and zone are of no meaning.
func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
