// SPDX-License-Identifier: Apache-2.0

package conference_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

func TestMeetingsByType(t *testing.T) {
	t.Parallel()
	b := setup(t)
	names := map[convoke.MeetingID]string{}
	add := func(name string, p convoke.MeetingPatch) conference.View {
		p.Topic = &name
		v, err := b.Schedule(t.Context(), b.app, b.host.Email, p)
		b.must(t, err)
		names[v.Meeting.ID] = name
		return v
	}
	daily := json.RawMessage(`{"type":1,"end_times":60}`)
	add("past", convoke.MeetingPatch{})
	b.must(t, endOf(b, t, add("held", convoke.MeetingPatch{})))
	add("series over", convoke.MeetingPatch{Type: new(convoke.TypeSeries), Recurrence: json.RawMessage(`{"type":1,"end_times":1}`)})
	add("series", convoke.MeetingPatch{Type: new(convoke.TypeSeries), Recurrence: daily})
	b.must(t, endOf(b, t, add("series held once", convoke.MeetingPatch{Type: new(convoke.TypeSeries), Recurrence: daily})))
	b.clock.advance(48 * time.Hour)
	add("next week", convoke.MeetingPatch{StartTime: new("2026-12-02T09:00:00Z")})
	add("next year", convoke.MeetingPatch{StartTime: new("2027-11-02T09:00:00Z")})
	add("any time", convoke.MeetingPatch{Type: new(convoke.TypeRecurring)})
	add("share", convoke.MeetingPatch{Type: new(convoke.TypeScreenShare)})
	b.join(t, startLink(t, add("live", convoke.MeetingPatch{}).StartURL), "")
	b.join(t, startLink(t, add("instant live", convoke.MeetingPatch{Type: new(convoke.TypeInstant)}).StartURL), "")
	add("instant", convoke.MeetingPatch{Type: new(convoke.TypeInstant)})

	upcoming := []string{"any time", "live", "next week", "series", "series held once", "share"}
	for kind, want := range map[string][]string{
		"":                              {"any time", "held", "live", "next week", "next year", "past", "series", "series held once", "series over", "share"},
		conference.ListScheduled:        {"any time", "held", "live", "next week", "next year", "past", "series", "series held once", "series over", "share"},
		conference.ListLive:             {"instant live", "live"},
		conference.ListUpcoming:         upcoming,
		conference.ListUpcomingMeetings: upcoming,
		conference.ListPreviousMeetings: {"held", "past", "series held once", "series over"},
	} {
		for _, size := range []int{0, 1, 2, 3} {
			var got []string
			list := conference.MeetingList{Type: kind, Size: size}
			for pages := 0; pages == 0 || list.Token != ""; pages++ {
				page, err := b.Meetings(t.Context(), b.app, b.host.Email, list)
				b.must(t, err)
				if page.Total != len(want) {
					t.Errorf("%q: total %d, want %d", kind, page.Total, len(want))
				}
				for _, v := range page.Meetings {
					got = append(got, names[v.Meeting.ID])
					if v.StartURL != "" || v.JoinURL == "" {
						t.Errorf("a listed meeting has the links %q and %q", v.StartURL, v.JoinURL)
					}
				}
				list.Token = page.Next
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%q by %d:\n got %q\nwant %q", kind, size, got, want)
			}
		}
	}
}

func endOf(b *bench, t *testing.T, v conference.View) error {
	b.join(t, startLink(t, v.StartURL), "")
	return b.End(t.Context(), b.app, v.Meeting.ID)
}

func TestMeetingsRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 2 {
		b.schedule(t, convoke.TypeScheduled, `{}`)
	}
	first, err := b.Meetings(t.Context(), b.app, b.host.Email, conference.MeetingList{Size: 1})
	b.must(t, err)
	if first.Next == "" {
		t.Fatal("no second page")
	}
	for name, c := range map[string]struct {
		ref  string
		list conference.MeetingList
		code convoke.Code
	}{
		"type":                   {b.host.Email, conference.MeetingList{Type: "all"}, convoke.CodeInvalidField},
		"size 301":               {b.host.Email, conference.MeetingList{Size: 301}, convoke.CodeInvalidField},
		"size -1":                {b.host.Email, conference.MeetingList{Size: -1}, convoke.CodeInvalidField},
		"token made up":          {b.host.Email, conference.MeetingList{Token: "abc"}, convoke.CodeInvalidPageToken},
		"token of another type":  {b.host.Email, conference.MeetingList{Type: "live", Token: first.Next}, convoke.CodeInvalidPageToken},
		"token of another host":  {b.guest.Email, conference.MeetingList{Token: first.Next}, convoke.CodeInvalidPageToken},
		"token of another range": {b.host.Email, conference.MeetingList{Token: first.Next, From: b.clock.Now()}, convoke.CodeInvalidPageToken},
	} {
		if _, err := b.Meetings(t.Context(), b.app, c.ref, c.list); !convoke.HasCode(err, c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	b.clock.advance(convoke.PageTokenLife + time.Second)
	_, err = b.Meetings(t.Context(), b.app, b.host.Email, conference.MeetingList{Token: first.Next})
	wantCode(t, err, convoke.CodeInvalidPageToken)
}
