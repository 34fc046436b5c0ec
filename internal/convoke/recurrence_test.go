// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

func TestOccurrences(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		zone, start, recurrence string
		want                    []string // in UTC
	}{
		"no end named is one": {"UTC", "2026-12-01T09:00:00", `{"type":1}`, []string{"2026-12-01T09:00Z"}},
		"daily":               {"UTC", "2026-12-30T09:00:00", `{"type":1,"end_times":3}`, []string{"2026-12-30T09:00Z", "2026-12-31T09:00Z", "2027-01-01T09:00Z"}},
		"every third day until a moment": {
			"UTC", "2026-12-01T09:00:00", `{"type":1,"repeat_interval":3,"end_date_time":"2026-12-07T09:00:00Z"}`,
			[]string{"2026-12-01T09:00Z", "2026-12-04T09:00Z", "2026-12-07T09:00Z"},
		},
		"daily into summer time in New York": {
			"America/New_York", "2027-03-13T10:00:00", `{"type":1,"end_times":2}`, []string{"2027-03-13T15:00Z", "2027-03-14T14:00Z"},
		},
		"weekly out of summer time in Paris": {
			"Europe/Paris", "2027-10-25T18:30:00", `{"type":2,"weekly_days":"2","end_times":2}`, []string{"2027-10-25T16:30Z", "2027-11-01T17:30Z"},
		},
		"a time that summer time leaves out moves on by the hour": {
			"America/New_York", "2027-03-13T02:30:00", `{"type":1,"end_times":3}`, []string{"2027-03-13T07:30Z", "2027-03-14T07:30Z", "2027-03-15T06:30Z"},
		},
		"late evening stays on its local day": {
			"America/Los_Angeles", "2026-12-01T23:00:00", `{"type":2,"weekly_days":"3","end_times":2}`, []string{"2026-12-02T07:00Z", "2026-12-09T07:00Z"},
		},
		"weekly on two days, from the first that fits": {
			"UTC", "2026-12-02T09:00:00", `{"type":2,"weekly_days":"6, 2,2","end_times":3}`, // from a Wednesday: Monday and Friday
			[]string{"2026-12-04T09:00Z", "2026-12-07T09:00Z", "2026-12-11T09:00Z"},
		},
		"every second week": {
			"UTC", "2026-12-02T09:00:00", `{"type":2,"repeat_interval":2,"weekly_days":"1,4","end_times":3}`, // from a Wednesday: Sunday and Wednesday
			[]string{"2026-12-02T09:00Z", "2026-12-13T09:00Z", "2026-12-16T09:00Z"},
		},
		"weekly on Sunday by default": {"UTC", "2026-12-02T09:00:00", `{"type":2}`, []string{"2026-12-06T09:00Z"}},
		"monthly on a day":            {"UTC", "2026-12-15T09:00:00", `{"type":3,"monthly_day":15,"end_times":2}`, []string{"2026-12-15T09:00Z", "2027-01-15T09:00Z"}},
		"monthly, the day is past":    {"UTC", "2026-12-15T09:00:00", `{"type":3,"monthly_day":10,"end_times":2}`, []string{"2027-01-10T09:00Z", "2027-02-10T09:00Z"}},
		"monthly on the 31st skips":   {"UTC", "2027-01-31T09:00:00", `{"type":3,"monthly_day":31,"end_times":3}`, []string{"2027-01-31T09:00Z", "2027-03-31T09:00Z", "2027-05-31T09:00Z"}},
		"last Friday":                 {"UTC", "2026-12-01T09:00:00", `{"type":3,"monthly_week":-1,"monthly_week_day":6,"end_times":3}`, []string{"2026-12-25T09:00Z", "2027-01-29T09:00Z", "2027-02-26T09:00Z"}},
		"second Tuesday, quarterly":   {"UTC", "2026-12-01T09:00:00", `{"type":3,"repeat_interval":3,"monthly_week":2,"monthly_week_day":3,"end_times":2}`, []string{"2026-12-08T09:00Z", "2027-03-09T09:00Z"}},
		"first Sunday":                {"UTC", "2027-08-01T09:00:00", `{"type":3,"monthly_week":1,"monthly_week_day":1,"end_times":2}`, []string{"2027-08-01T09:00Z", "2027-09-05T09:00Z"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMeeting(t, convoke.MeetingPatch{
				Type: new(convoke.TypeSeries), Timezone: &c.zone, StartTime: &c.start, Duration: new(45), Recurrence: json.RawMessage(c.recurrence),
			})
			var got []string
			for _, o := range m.Occurrences(m.Zone(time.LoadLocation)) {
				got = append(got, o.StartTime.Format("2006-01-02T15:04Z"))
				if o.ID != strconv.FormatInt(o.StartTime.UnixMilli(), 10) || o.Duration != 45 {
					t.Errorf("occurrence: %+v", o)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %v\nwant %v", got, c.want)
			}
		})
	}
}

func TestOccurrencesAreAtMostSixty(t *testing.T) {
	t.Parallel()
	for _, end := range []string{`"end_times":0`, `"end_times":60`, `"end_date_time":"2099-01-01T00:00:00Z"`} {
		m := newMeeting(t, convoke.MeetingPatch{Type: new(convoke.TypeSeries), Recurrence: json.RawMessage(`{"type":3,"monthly_day":1,"repeat_interval":10,` + end + `}`)})
		if n := len(m.Occurrences(time.UTC)); n != 60 {
			t.Errorf("%s: %d", end, n)
		}
	}
}

func TestRecurrenceKeepsWhatItsTypeUses(t *testing.T) {
	t.Parallel()
	m := newMeeting(t, convoke.MeetingPatch{
		Type:       new(convoke.TypeSeries),
		Recurrence: json.RawMessage(`{"type":1,"weekly_days":"1","monthly_day":3,"monthly_week":9,"end_times":4}`),
	})
	if want := (convoke.Recurrence{Type: 1, RepeatInterval: 1, EndTimes: 4}); *m.Recurrence != want {
		t.Errorf("got %+v, want %+v", *m.Recurrence, want)
	}
	change, err := m.Update(owner, convoke.MeetingPatch{Type: new(convoke.TypeScheduled)}, time.LoadLocation, atNoon)
	if err != nil || change.After.Recurrence != nil || change.After.Occurrences(time.UTC) != nil {
		t.Errorf("a scheduled meeting recurs: %+v, %v", change.After, err)
	}
}
