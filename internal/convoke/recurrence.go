// SPDX-License-Identifier: Apache-2.0

package convoke

import "time"

// Recurrence says when a series (type 8) takes place, in Zoom's wire names.
type Recurrence struct {
	Type           int    `json:"type"` // 1 daily, 2 weekly, 3 monthly
	RepeatInterval int    `json:"repeat_interval,omitempty"`
	WeeklyDays     string `json:"weekly_days,omitempty"` // "1" (Sunday) to "7", separated by commas
	MonthlyDay     int    `json:"monthly_day,omitempty"`
	MonthlyWeek    int    `json:"monthly_week,omitempty"` // -1 (last), 1 to 4
	MonthlyWeekDay int    `json:"monthly_week_day,omitempty"`
	EndTimes       int    `json:"end_times,omitempty"` // at most 60
	EndDateTime    string `json:"end_date_time,omitempty"`
}

// Occurrence is one meeting of a series.
type Occurrence struct {
	ID        string // its start in milliseconds since 1970
	StartTime time.Time
	Duration  int // minutes
}
