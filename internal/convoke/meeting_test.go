// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/convoke/convoke/internal/convoke"
)

var (
	noon  = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	owner = convoke.User{
		ID: "host", AccountID: "acme", Email: "Jane@example.com", DisplayName: "Jane Roe",
		Type: convoke.TypeLicensed, Status: convoke.StatusActive, PMI: 2345678902,
	}
	freshValues = convoke.FreshMeeting{ID: 23456789012, UUID: convoke.NewRunUUID([16]byte{0xfb, 0xff}), Passcode: "random"}
	atNoon      = convoke.Mark{At: noon, By: convoke.Principal{Kind: convoke.AppCaller, ClientID: "app", Label: "Shop"}}
)

func newMeeting(t *testing.T, p convoke.MeetingPatch) convoke.Meeting {
	t.Helper()
	m, err := convoke.NewMeeting(owner, p, freshValues, time.LoadLocation, atNoon)
	if err != nil {
		t.Fatalf("NewMeeting: %v", err)
	}
	return m
}

func TestNewMeetingDefaults(t *testing.T) {
	t.Parallel()
	m := newMeeting(t, convoke.MeetingPatch{})
	if m.Type != convoke.TypeScheduled || m.Duration != 60 || m.Timezone != "UTC" || m.Passcode != "random" ||
		m.State != convoke.MeetingWaiting || m.Topic == "" || !m.StartTime.Equal(noon) || m.HostID != "host" || m.AccountID != "acme" {
		t.Errorf("defaults: %+v", m)
	}
	if fmt.Sprint(m.Settings) != fmt.Sprint(convoke.DefaultSettings()) {
		t.Errorf("settings: %+v", m.Settings)
	}
	if m.Room() != "-_8AAAAAAAAAAAAAAAAAAA" {
		t.Errorf("room %q of UUID %q is not its URL-safe form", m.Room(), m.UUID)
	}
}

func TestNewMeetingTakesTheHostsZone(t *testing.T) {
	t.Parallel()
	host := owner
	host.Profile.Timezone = "Asia/Tokyo"
	m, err := convoke.NewMeeting(host, convoke.MeetingPatch{StartTime: new("2026-12-01T09:00:00")}, freshValues, time.LoadLocation, atNoon)
	if err != nil || m.Timezone != "Asia/Tokyo" || !m.StartTime.Equal(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("got %v in %q, %v", m.StartTime, m.Timezone, err)
	}
}

func TestNewMeetingRefuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", 201)
	settings := func(s string) convoke.MeetingPatch { return convoke.MeetingPatch{Settings: json.RawMessage(s)} }
	series := func(s string) convoke.MeetingPatch {
		return convoke.MeetingPatch{Type: new(convoke.TypeSeries), StartTime: new("2026-12-01T09:00:00Z"), Recurrence: json.RawMessage(s)}
	}
	elevenKeys := `{"custom_keys":[` + strings.TrimSuffix(strings.Repeat(`{"key":"k","value":"v"},`, 11), ",") + `]}`
	for name, c := range map[string]struct {
		patch convoke.MeetingPatch
		field string
		code  convoke.Code
	}{
		"topic too long":       {convoke.MeetingPatch{Topic: &long}, "topic", ""},
		"topic with NUL":       {convoke.MeetingPatch{Topic: new("a\x00b")}, "topic", ""},
		"topic not UTF-8":      {convoke.MeetingPatch{Topic: new("\xff")}, "topic", ""},
		"agenda too long":      {convoke.MeetingPatch{Agenda: new(strings.Repeat("a", 2001))}, "agenda", ""},
		"type 0":               {convoke.MeetingPatch{Type: new(convoke.MeetingType(0))}, "type", convoke.CodeInvalidType},
		"type 4":               {convoke.MeetingPatch{Type: new(convoke.TypePersonal)}, "type", convoke.CodeInvalidType},
		"type 9":               {convoke.MeetingPatch{Type: new(convoke.MeetingType(9))}, "type", convoke.CodeInvalidType},
		"start is prose":       {convoke.MeetingPatch{StartTime: new("tomorrow")}, "start_time", ""},
		"start is a date":      {convoke.MeetingPatch{StartTime: new("2026-12-01")}, "start_time", ""},
		"start has an offset":  {convoke.MeetingPatch{StartTime: new("2026-12-01T09:00:00+02:00")}, "start_time", ""},
		"start on 30 February": {convoke.MeetingPatch{StartTime: new("2027-02-30T09:00:00Z")}, "start_time", ""},
		"start in year 1":      {convoke.MeetingPatch{StartTime: new("0001-01-01T00:00:00Z")}, "start_time", ""},
		"duration 0":           {convoke.MeetingPatch{Duration: new(0)}, "duration", ""},
		"duration 1441":        {convoke.MeetingPatch{Duration: new(1441)}, "duration", ""},
		"zone unknown":         {convoke.MeetingPatch{Timezone: new("Mars/Olympus")}, "timezone", ""},
		"zone Local":           {convoke.MeetingPatch{Timezone: new("Local")}, "timezone", ""},
		"zone is a path":       {convoke.MeetingPatch{Timezone: new("../../etc/passwd")}, "timezone", ""},
		"passcode too long":    {convoke.MeetingPatch{Passcode: new("12345678901")}, "password", ""},
		"passcode with space":  {convoke.MeetingPatch{Passcode: new("12 34")}, "password", ""},
		"passcode not ASCII":   {convoke.MeetingPatch{Passcode: new("pässe")}, "password", ""},
		"for somebody else":    {convoke.MeetingPatch{ScheduleFor: new("joe@example.com")}, "schedule_for", ""},
		"instant for the host": {convoke.MeetingPatch{Type: new(convoke.TypeInstant), ScheduleFor: new("host")}, "schedule_for", convoke.CodeScheduleRefused},

		"settings a list":    {settings(`[]`), "settings", ""},
		"settings broken":    {settings(`{`), "settings", convoke.CodeInvalidBody},
		"wrong type":         {settings(`{"host_video":"yes"}`), "settings.host_video", ""},
		"jbh_time 7":         {settings(`{"jbh_time":7}`), "settings.jbh_time", ""},
		"approval_type 3":    {settings(`{"approval_type":3}`), "settings.approval_type", ""},
		"audio unknown":      {settings(`{"audio":"loud"}`), "settings.audio", ""},
		"recording unknown":  {settings(`{"auto_recording":"tape"}`), "settings.auto_recording", ""},
		"encryption unknown": {settings(`{"encryption_type":"rot13"}`), "settings.encryption_type", ""},
		"eleven custom keys": {settings(elevenKeys), "settings.custom_keys", ""},
		"custom key long":    {settings(`{"custom_keys":[{"key":"` + strings.Repeat("k", 65) + `"}]}`), "settings.custom_keys", ""},
		"custom value long":  {settings(`{"custom_keys":[{"key":"k","value":"` + strings.Repeat("v", 257) + `"}]}`), "settings.custom_keys", ""},
		"custom key NUL":     {settings(`{"custom_keys":[{"key":"\u0000"}]}`), "settings.custom_keys", ""},
		"login domains":      {settings(`{"enforce_login_domains":"example.com,example.org"}`), "settings.enforce_login_domains", ""},
		"contact NUL":        {settings(`{"contact_name":"\u0000"}`), "settings.contact_name", ""},
		"invitee":            {settings(`{"meeting_invitees":[{"email":"nobody"}]}`), "settings.meeting_invitees", convoke.CodeInvalidEmail},

		"series without recurrence": {series(``), "recurrence", ""},
		"recurrence null":           {series(`null`), "recurrence", ""},
		"recurrence a list":         {series(`[]`), "recurrence", ""},
		"recurrence type":           {series(`{"type":4}`), "recurrence.type", ""},
		"no recurrence type":        {series(`{}`), "recurrence.type", ""},
		"interval 0":                {series(`{"type":1,"repeat_interval":0}`), "recurrence.repeat_interval", ""},
		"100 days":                  {series(`{"type":1,"repeat_interval":100}`), "recurrence.repeat_interval", ""},
		"51 weeks":                  {series(`{"type":2,"repeat_interval":51}`), "recurrence.repeat_interval", ""},
		"11 months":                 {series(`{"type":3,"repeat_interval":11}`), "recurrence.repeat_interval", ""},
		"weekday 8":                 {series(`{"type":2,"weekly_days":"1,8"}`), "recurrence.weekly_days", ""},
		"weekday empty":             {series(`{"type":2,"weekly_days":"1,,2"}`), "recurrence.weekly_days", ""},
		"day 32":                    {series(`{"type":3,"monthly_day":32}`), "recurrence.monthly_day", ""},
		"week 5":                    {series(`{"type":3,"monthly_week":5,"monthly_week_day":1}`), "recurrence.monthly_week", ""},
		"week without day":          {series(`{"type":3,"monthly_week":1}`), "recurrence.monthly_week_day", ""},
		"day without week":          {series(`{"type":3,"monthly_week_day":1}`), "recurrence.monthly_week", ""},
		"61 times":                  {series(`{"type":1,"end_times":61}`), "recurrence.end_times", ""},
		"-1 times":                  {series(`{"type":1,"end_times":-1}`), "recurrence.end_times", ""},
		"both ends":                 {series(`{"type":1,"end_times":2,"end_date_time":"2027-01-01T00:00:00Z"}`), "recurrence.end_times", ""},
		"end is prose":              {series(`{"type":1,"end_date_time":"never"}`), "recurrence.end_date_time", ""},
		"ends before its start":     {series(`{"type":1,"end_date_time":"2026-11-30T00:00:00Z"}`), "recurrence.end_date_time", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := convoke.NewMeeting(owner, c.patch, freshValues, time.LoadLocation, atNoon)
			e, ok := errors.AsType[*convoke.Error](err)
			if !ok || e.Kind != convoke.KindInvalid || e.Field != c.field {
				t.Fatalf("got %v, want an invalid field %q", err, c.field)
			}
			if c.code == "" {
				c.code = convoke.CodeInvalidField
			}
			if e.Code != c.code {
				t.Errorf("code %q, want %q", e.Code, c.code)
			}
		})
	}
}

func TestNewMeetingAcceptsTheLimits(t *testing.T) {
	t.Parallel()
	m := newMeeting(t, convoke.MeetingPatch{
		Topic: new(strings.Repeat("ü", 200)), Agenda: new(strings.Repeat("a", 2000) + ""), Duration: new(1440),
		Passcode: new("aZ0@-_*!#."), Timezone: new("America/New_York"), StartTime: new("2026-12-01T09:00:00"), ScheduleFor: new("jane@EXAMPLE.com"),
		Settings: json.RawMessage(`{"jbh_time":15,"audio":"voip","enforce_login_domains":"example.com;example.org","unknown":{},"host_video":null}`),
	})
	if !m.StartTime.Equal(time.Date(2026, 12, 1, 14, 0, 0, 0, time.UTC)) {
		t.Errorf("9:00 in New York became %v", m.StartTime)
	}
	if m.Settings.JBHTime != 15 || m.Settings.Audio != "voip" || !m.Settings.HostVideo || !m.Settings.EmailNotification {
		t.Errorf("settings: %+v", m.Settings)
	}
}

func TestNewMeetingTimes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		patch convoke.MeetingPatch
		want  time.Time
	}{
		"none":             {convoke.MeetingPatch{}, noon},
		"empty":            {convoke.MeetingPatch{StartTime: new("")}, noon},
		"past":             {convoke.MeetingPatch{StartTime: new("2020-01-01T00:00:00Z")}, noon},
		"GMT wins":         {convoke.MeetingPatch{StartTime: new("2026-12-01T09:00:00Z"), Timezone: new("Asia/Tokyo")}, time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)},
		"milliseconds":     {convoke.MeetingPatch{StartTime: new("2026-12-01T09:00:00.123Z")}, time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)},
		"local summer":     {convoke.MeetingPatch{StartTime: new("2027-07-01T09:00:00"), Timezone: new("Europe/Paris")}, time.Date(2027, 7, 1, 7, 0, 0, 0, time.UTC)},
		"left out":         {convoke.MeetingPatch{StartTime: new("2027-03-14T02:30:00"), Timezone: new("America/New_York")}, time.Date(2027, 3, 14, 7, 30, 0, 0, time.UTC)},
		"instant":          {convoke.MeetingPatch{Type: new(convoke.TypeInstant), StartTime: new("2026-12-01T09:00:00Z")}, time.Time{}},
		"no fixed time":    {convoke.MeetingPatch{Type: new(convoke.TypeRecurring), StartTime: new("2026-12-01T09:00:00Z")}, time.Time{}},
		"screen share":     {convoke.MeetingPatch{Type: new(convoke.TypeScreenShare)}, time.Time{}},
		"series, recurred": {convoke.MeetingPatch{Type: new(convoke.TypeSeries), StartTime: new("2026-12-01T09:00:00Z"), Recurrence: json.RawMessage(`{"type":1}`)}, time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)},
	} {
		if m := newMeeting(t, c.patch); !m.StartTime.Equal(c.want) || m.StartTime.Location() != time.UTC {
			t.Errorf("%s: %v, want %v", name, m.StartTime, c.want)
		}
	}
}

func TestNewMeetingNeedsAHostWhoMayHost(t *testing.T) {
	t.Parallel()
	for code, spoil := range map[convoke.Code]func(*convoke.User){
		convoke.CodeUserInactive:      func(u *convoke.User) { u.Status = convoke.StatusInactive },
		convoke.CodeUserPending:       func(u *convoke.User) { u.Status = convoke.StatusPending },
		convoke.CodeHostingNotAllowed: func(u *convoke.User) { u.Type = convoke.TypeUnassigned },
	} {
		host := owner
		spoil(&host)
		if _, err := convoke.NewMeeting(host, convoke.MeetingPatch{}, freshValues, time.LoadLocation, atNoon); !convoke.HasCode(err, code) {
			t.Errorf("got %v, want %s", err, code)
		}
	}
}

// payload decodes the only event of the name.
func payload(t *testing.T, c convoke.MeetingChange, name convoke.EventName) map[string]any {
	t.Helper()
	var got map[string]any
	for _, e := range c.Events {
		if e.Name != name {
			continue
		}
		if got != nil {
			t.Fatalf("two events %s", name)
		}
		if e.AccountID != "acme" {
			t.Errorf("event of account %q", e.AccountID)
		}
		if err := json.Unmarshal(e.Payload, &got); err != nil {
			t.Fatal(err)
		}
	}
	if got == nil {
		t.Fatalf("no event %s among %d", name, len(c.Events))
	}
	return got
}

func TestCreatedEvent(t *testing.T) {
	t.Parallel()
	m := newMeeting(t, convoke.MeetingPatch{
		Type: new(convoke.TypeSeries), StartTime: new("2026-12-01T09:00:00Z"), Recurrence: json.RawMessage(`{"type":1,"end_times":2}`),
	})
	change := m.Created(convoke.User{PMI: 3141592650}, "https://x/j/1", time.LoadLocation, atNoon)
	if change.Before != nil || change.After == nil {
		t.Fatal("a new meeting has an After only")
	}
	p := payload(t, change, convoke.EventMeetingCreated)
	object := p["object"].(map[string]any)
	if p["operator"] != "Shop" || p["operator_id"] != "app" || p["operation"] != "all" || object["id"] != float64(m.ID) ||
		object["host_id"] != "host" || object["join_url"] != "https://x/j/1" || object["start_time"] != "2026-12-01T09:00:00Z" ||
		object["creation_source"] != "open_api" || len(object["occurrences"].([]any)) != 2 {
		t.Errorf("payload: %v", p)
	}
	if pmi, there := object["pmi"]; there {
		t.Errorf("a meeting with a number of its own has pmi %v", pmi)
	}
	m = newMeeting(t, convoke.MeetingPatch{Settings: json.RawMessage(`{"use_pmi":true}`)})
	change = m.Created(convoke.User{PMI: 3141592650}, "https://x/j/1", time.LoadLocation, atNoon)
	if object := payload(t, change, convoke.EventMeetingCreated)["object"].(map[string]any); object["pmi"] != "3141592650" {
		t.Errorf("with use_pmi: %v", object)
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	m := newMeeting(t, convoke.MeetingPatch{Settings: json.RawMessage(`{"custom_keys":[{"key":"a","value":"1"},{"key":"b","value":"2"}]}`)})
	change, err := m.Update(owner, convoke.MeetingPatch{
		Topic: new("New"), Settings: json.RawMessage(`{"waiting_room":true,"custom_keys":[{"key":"c"}]}`),
	}, time.LoadLocation, atNoon)
	if err != nil {
		t.Fatal(err)
	}
	if got := change.After; got.Topic != "New" || !got.Settings.WaitingRoom || len(got.Settings.CustomKeys) != 1 || !got.Settings.HostVideo {
		t.Errorf("after: %+v", got)
	}
	if m.Settings.CustomKeys[0].Key != "a" || change.Before.Settings.CustomKeys[0].Key != "a" {
		t.Error("the update wrote into the old meeting's array")
	}
	p := payload(t, change, convoke.EventMeetingUpdated)
	object, old := p["object"].(map[string]any), p["old_object"].(map[string]any)
	if object["topic"] != "New" || old["topic"] != m.Topic || object["id"] != float64(m.ID) || p["time_stamp"] != float64(noon.UnixMilli()) || p["scope"] != "single" {
		t.Errorf("payload: %v", p)
	}
	if object["settings"].(map[string]any)["waiting_room"] != true || old["settings"].(map[string]any)["waiting_room"] != false {
		t.Errorf("settings in the payload: %v, %v", object["settings"], old["settings"])
	}
	if _, there := object["agenda"]; there {
		t.Error("an unchanged field is in the payload")
	}
}

func TestUpdateOfNothing(t *testing.T) {
	t.Parallel()
	m := newMeeting(t, convoke.MeetingPatch{})
	change, err := m.Update(owner, convoke.MeetingPatch{Topic: &m.Topic, Settings: json.RawMessage(`{}`)}, time.LoadLocation, atNoon)
	if err != nil || !change.Empty() {
		t.Errorf("got %+v, %v, want an empty change", change, err)
	}
}

func TestUpdateOfAPersonalMeetingsType(t *testing.T) {
	t.Parallel()
	m := convoke.NewPersonalMeeting(owner, freshValues, atNoon)
	if m.ID != owner.PMI || m.Type != convoke.TypePersonal {
		t.Errorf("personal meeting: %+v", m)
	}
	_, err := m.Update(owner, convoke.MeetingPatch{Type: new(convoke.TypeScheduled)}, time.LoadLocation, atNoon)
	if !convoke.HasCode(err, convoke.CodeInvalidType) {
		t.Errorf("got %v", err)
	}
	if _, err := m.Remove(nil, owner, atNoon); !convoke.HasCode(err, convoke.CodePMIUndeletable) {
		t.Errorf("removal: %v", err)
	}
}

func TestUpdateReopensAMeetingThatIsOver(t *testing.T) {
	t.Parallel()
	m := newMeeting(t, convoke.MeetingPatch{})
	m.State, m.StartedAt, m.EndedAt = convoke.MeetingEnded, noon, noon
	change, err := m.Update(owner, convoke.MeetingPatch{StartTime: new("2026-12-24T12:00:00Z")}, time.LoadLocation, atNoon)
	if err != nil || change.After.State != convoke.MeetingWaiting {
		t.Errorf("got %+v, %v", change.After, err)
	}
}

func TestEndAndRemove(t *testing.T) {
	t.Parallel()
	m := newMeeting(t, convoke.MeetingPatch{})
	if change := m.End(nil, owner, atNoon); !change.Empty() {
		t.Errorf("the end of a meeting that does not run: %+v", change)
	}
	m.State, m.StartedAt = convoke.MeetingStarted, noon
	present := []convoke.Participant{
		{ID: "p1", Room: m.Room(), Presence: convoke.PresenceAdmitted, UserID: "host", Name: "Jane"},
		{ID: "p2", Room: "other", Presence: convoke.PresenceAdmitted},
		{ID: "p3", Room: m.Room(), Presence: convoke.PresenceAdmitted, LeftAt: noon},
	}
	change := m.End(present, owner, atNoon)
	if change.After.State != convoke.MeetingEnded || change.EndRoom != m.Room() || !change.After.EndedAt.Equal(noon) {
		t.Errorf("end: %+v", change)
	}
	left := payload(t, change, convoke.EventMeetingParticipantLeft)["object"].(map[string]any)
	person := left["participant"].(map[string]any)
	if person["user_id"] != "p1" || person["leave_time"] != "2026-11-23T12:00:00Z" || person["email"] != owner.Email || left["end_time"] != nil {
		t.Errorf("left: %v", left)
	}
	ended := payload(t, change, convoke.EventMeetingEnded)["object"].(map[string]any)
	if ended["id"] != "23456789012" || ended["uuid"] != m.UUID || ended["end_time"] != "2026-11-23T12:00:00Z" {
		t.Errorf("ended: %v", ended)
	}
	gone, err := m.Remove(present, owner, atNoon)
	if err != nil || gone.After != nil || gone.Before == nil || gone.EndRoom != m.Room() {
		t.Errorf("removal: %+v, %v", gone, err)
	}
	payload(t, gone, convoke.EventMeetingEnded)
	payload(t, gone, convoke.EventMeetingDeleted)
}

func TestEnter(t *testing.T) {
	t.Parallel()
	const fresh = "ZnJlc2g="
	type result struct {
		presence convoke.Presence
		started  bool
		code     convoke.Code
	}
	waits, enters, starts := result{presence: convoke.PresenceWaiting}, result{presence: convoke.PresenceAdmitted}, result{convoke.PresenceAdmitted, true, ""}
	ended := result{code: convoke.CodeMeetingEnded}
	for name, c := range map[string]struct {
		kind     convoke.MeetingType
		state    convoke.MeetingState
		settings string
		startIn  time.Duration
		role     convoke.Role
		want     result
	}{
		"host starts":                    {convoke.TypeScheduled, convoke.MeetingWaiting, `{}`, 0, convoke.RoleHost, starts},
		"host starts again":              {convoke.TypeScheduled, convoke.MeetingEnded, `{}`, 0, convoke.RoleHost, starts},
		"host joins":                     {convoke.TypeScheduled, convoke.MeetingStarted, `{}`, 0, convoke.RoleHost, enters},
		"host cannot restart an instant": {convoke.TypeInstant, convoke.MeetingEnded, `{}`, 0, convoke.RoleHost, ended},
		"host restarts a personal one":   {convoke.TypePersonal, convoke.MeetingEnded, `{}`, 0, convoke.RoleHost, starts},
		"guest waits":                    {convoke.TypeScheduled, convoke.MeetingWaiting, `{}`, 0, convoke.RoleAttendee, waits},
		"cohost waits":                   {convoke.TypeScheduled, convoke.MeetingWaiting, `{}`, 0, convoke.RoleCohost, waits},
		"guest enters":                   {convoke.TypeScheduled, convoke.MeetingStarted, `{}`, 0, convoke.RoleAttendee, enters},
		"guest in the waiting room":      {convoke.TypeScheduled, convoke.MeetingStarted, `{"waiting_room":true}`, 0, convoke.RoleAttendee, waits},
		"cohost passes the waiting room": {convoke.TypeScheduled, convoke.MeetingStarted, `{"waiting_room":true}`, 0, convoke.RoleCohost, enters},
		"guest too late":                 {convoke.TypeScheduled, convoke.MeetingEnded, `{}`, 0, convoke.RoleAttendee, ended},
		"guest of an instant too late":   {convoke.TypeInstant, convoke.MeetingEnded, `{}`, 0, convoke.RoleAttendee, ended},
		"guest between two meetings":     {convoke.TypeRecurring, convoke.MeetingEnded, `{}`, 0, convoke.RoleAttendee, waits},
		"before host, any time":          {convoke.TypeScheduled, convoke.MeetingWaiting, `{"join_before_host":true}`, 48 * time.Hour, convoke.RoleAttendee, starts},
		"before host, too early":         {convoke.TypeScheduled, convoke.MeetingWaiting, `{"join_before_host":true,"jbh_time":10}`, 11 * time.Minute, convoke.RoleAttendee, waits},
		"before host, early enough":      {convoke.TypeScheduled, convoke.MeetingWaiting, `{"join_before_host":true,"jbh_time":10}`, 10 * time.Minute, convoke.RoleAttendee, starts},
		"before host, waiting room":      {convoke.TypeScheduled, convoke.MeetingWaiting, `{"join_before_host":true,"waiting_room":true}`, 0, convoke.RoleAttendee, waits},
		"before host, recurring":         {convoke.TypeRecurring, convoke.MeetingEnded, `{"join_before_host":true,"jbh_time":5}`, 0, convoke.RoleAttendee, starts},
		"before host, instant":           {convoke.TypeInstant, convoke.MeetingWaiting, `{"join_before_host":true}`, 0, convoke.RoleAttendee, waits},
		"before host, over":              {convoke.TypeScheduled, convoke.MeetingEnded, `{"join_before_host":true}`, 0, convoke.RoleAttendee, ended},
		"before host, series, its day":   {convoke.TypeSeries, convoke.MeetingEnded, `{"join_before_host":true,"jbh_time":5}`, -24 * time.Hour, convoke.RoleAttendee, starts},
		"before host, series, between":   {convoke.TypeSeries, convoke.MeetingEnded, `{"join_before_host":true,"jbh_time":5}`, -26 * time.Hour, convoke.RoleAttendee, waits},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMeeting(t, convoke.MeetingPatch{Settings: json.RawMessage(c.settings)})
			m.Type, m.State, m.StartTime = c.kind, c.state, noon.Add(c.startIn)
			if c.kind == convoke.TypeSeries {
				m.Recurrence = &convoke.Recurrence{Type: 1, RepeatInterval: 1, EndTimes: 10}
			}
			if c.state != convoke.MeetingWaiting {
				m.StartedAt = noon.Add(-time.Hour)
			}
			asked := convoke.Participant{ID: "p", Role: c.role, Name: "Ann"}
			found := convoke.MeetingFound{Meeting: &m, Host: &owner}
			change, p, err := found.Enter(asked, fresh, time.LoadLocation, convoke.Mark{At: noon})
			if c.want.code != "" {
				if !convoke.HasCode(err, c.want.code) || !change.Empty() {
					t.Fatalf("got %v, want %s and no change", err, c.want.code)
				}
				return
			}
			if err != nil || p.Presence != c.want.presence || (change.After != nil) != c.want.started {
				t.Fatalf("got %+v, %v, started %t", p, err, change.After != nil)
			}
			running := c.want.started || c.state == convoke.MeetingStarted
			if (p.Room != "") != running {
				t.Errorf("room %q", p.Room)
			}
			if !c.want.started {
				return
			}
			wantUUID := m.UUID
			if c.state == convoke.MeetingEnded {
				wantUUID = fresh
			}
			if change.After.UUID != wantUUID || p.Room != change.After.Room() {
				t.Errorf("run %q in room %q, want %q", change.After.UUID, p.Room, wantUUID)
			}
			if o := payload(t, change, convoke.EventMeetingStarted)["object"].(map[string]any); o["uuid"] != wantUUID || o["start_time"] != "2026-11-23T12:00:00Z" {
				t.Errorf("started: %v", o)
			}
			payload(t, change, convoke.EventMeetingParticipantJoined)
		})
	}
}

func TestEnterWithAHostWhoMayNotHost(t *testing.T) {
	t.Parallel()
	host := owner
	host.Status = convoke.StatusInactive
	m := newMeeting(t, convoke.MeetingPatch{Settings: json.RawMessage(`{"join_before_host":true}`)})
	found := convoke.MeetingFound{Meeting: &m, Host: &host}
	if _, _, err := found.Enter(convoke.Participant{Role: convoke.RoleHost}, "", time.LoadLocation, atNoon); !convoke.HasCode(err, convoke.CodeUserInactive) {
		t.Errorf("host: %v", err)
	}
	_, p, err := found.Enter(convoke.Participant{Role: convoke.RoleAttendee}, "", time.LoadLocation, atNoon)
	if err != nil || p.Presence != convoke.PresenceWaiting {
		t.Errorf("guest: %+v, %v", p, err)
	}
}

func TestPeopleInARun(t *testing.T) {
	t.Parallel()
	m := newMeeting(t, convoke.MeetingPatch{})
	m.State = convoke.MeetingStarted
	room := m.Room()
	with := func(presence convoke.Presence, role convoke.Role, left time.Time) convoke.MeetingFound {
		return convoke.MeetingFound{Meeting: &m, Host: &owner, Participant: &convoke.Participant{
			ID: "p", Room: room, Presence: presence, Role: role, LeftAt: left,
		}}
	}
	const waiting, admitted, removed, left = convoke.PresenceWaiting, convoke.PresenceAdmitted, convoke.PresenceRemoved, convoke.PresenceLeft
	admit := func(f convoke.MeetingFound) (convoke.MeetingChange, error) { return f.Admit(room, atNoon) }
	putOut := func(f convoke.MeetingFound) (convoke.MeetingChange, error) {
		return f.PutOut(room, convoke.RoleCohost, atNoon)
	}
	leave := func(f convoke.MeetingFound) (convoke.MeetingChange, error) { return f.Leave(atNoon), nil }
	on := func(f convoke.MeetingFound) (convoke.MeetingChange, error) { return f.Connected(room, atNoon), nil }
	off := func(f convoke.MeetingFound) (convoke.MeetingChange, error) { return f.Disconnected(room, atNoon), nil }
	const joinedEvent, leftEvent = convoke.EventMeetingParticipantJoined, convoke.EventMeetingParticipantLeft
	for name, c := range map[string]struct {
		act   func(convoke.MeetingFound) (convoke.MeetingChange, error)
		found convoke.MeetingFound
		want  convoke.Presence // empty: nothing changes
		event convoke.EventName
		code  convoke.Code
	}{
		"admit a waiting one":     {admit, with(waiting, convoke.RoleAttendee, time.Time{}), admitted, joinedEvent, ""},
		"admit twice":             {admit, with(admitted, convoke.RoleAttendee, time.Time{}), "", "", ""},
		"admit a removed one":     {admit, with(removed, convoke.RoleAttendee, noon), "", "", convoke.CodePersonNotInRoom},
		"admit one who left":      {admit, with(left, convoke.RoleAttendee, noon), "", "", convoke.CodePersonNotInRoom},
		"remove":                  {putOut, with(admitted, convoke.RoleAttendee, time.Time{}), removed, leftEvent, ""},
		"remove a waiting one":    {putOut, with(waiting, convoke.RoleAttendee, time.Time{}), removed, "", ""},
		"remove one who left":     {putOut, with(left, convoke.RoleAttendee, noon), removed, "", ""},
		"remove twice":            {putOut, with(removed, convoke.RoleAttendee, noon), "", "", ""},
		"cohost removes the host": {putOut, with(admitted, convoke.RoleHost, time.Time{}), "", "", convoke.CodeNotHost},
		"leave":                   {leave, with(admitted, convoke.RoleAttendee, time.Time{}), left, leftEvent, ""},
		"leave after a break":     {leave, with(admitted, convoke.RoleAttendee, noon), left, "", ""},
		"leave while waiting":     {leave, with(waiting, convoke.RoleAttendee, time.Time{}), left, "", ""},
		"leave when removed":      {leave, with(removed, convoke.RoleAttendee, noon), "", "", ""},
		"connect":                 {on, with(admitted, convoke.RoleAttendee, time.Time{}), admitted, "", ""},
		"connect after a break":   {on, with(admitted, convoke.RoleAttendee, noon), admitted, joinedEvent, ""},
		"connect when removed":    {on, with(removed, convoke.RoleAttendee, noon), "", "", ""},
		"disconnect":              {off, with(admitted, convoke.RoleAttendee, time.Time{}), admitted, leftEvent, ""},
		"disconnect twice":        {off, with(admitted, convoke.RoleAttendee, noon), "", "", ""},
		"disconnect when removed": {off, with(removed, convoke.RoleAttendee, noon), "", "", ""},
		"admit nobody":            {admit, convoke.MeetingFound{Meeting: &m, Host: &owner}, "", "", convoke.CodePersonNotInRoom},
		"admit without a meeting": {admit, convoke.MeetingFound{}, "", "", convoke.CodeMeetingEnded},
	} {
		change, err := c.act(c.found)
		if c.code != "" {
			if !convoke.HasCode(err, c.code) {
				t.Errorf("%s: %v, want %s", name, err, c.code)
			}
			continue
		}
		if err != nil || change.Empty() != (c.want == "") {
			t.Errorf("%s: %+v, %v", name, change, err)
			continue
		}
		if c.want != "" && change.Participants[0].Presence != c.want {
			t.Errorf("%s: %s, want %s", name, change.Participants[0].Presence, c.want)
		}
		if c.event != "" {
			payload(t, change, c.event)
		} else if len(change.Events) > 0 {
			t.Errorf("%s: unexpected event %s", name, change.Events[0].Name)
		}
	}
}

func TestCheckParticipantName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" Ann \n Lee\t": "Ann Lee", "\u202eevil": "evil", "محمد": "محمد", "": "", "  ": "", "a\x00b": "", "\xff": "",
		strings.Repeat("é", 64): strings.Repeat("é", 64), strings.Repeat("é", 65): "",
		// What nobody sees makes no name, and no second Ann.
		"\u200b": "", "\u00ad": "", "\u3164": "", "\uffa0 \u115f": "", "\u2800": "", "\u034f\ufe0f": "", "\u0301": "", "\u2060\u2064": "",
		"\U000e0041\U000e007f": "", "\u200d": "", "\U0001d173": "", "\u180e": "", "\u00a0\u3000": "",
		"Ann\u200b": "Ann", "A\u00adn\u200dn": "Ann", "\u200bAnn \u200b Lee": "Ann Lee", "Ann\U000e0020": "Ann", "Ann\u2800": "Ann", "Anne\u0301": "Anne\u0301",
		"علی\u200cرضا": "علی\u200cرضا", "علی\u200c\u200c\u200dرضا\u200c": "علی\u200dرضا", "क्\u200dष": "क्\u200dष", "👩🏽\u200d🚀": "👩🏽\u200d🚀",
		"\u0601٣": "\u0601٣",
	} {
		got, err := convoke.CheckParticipantName(in)
		if want == "" {
			if !convoke.HasCode(err, convoke.CodeInvalidName) {
				t.Errorf("%q: %q, %v", in, got, err)
			}
		} else if err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", in, got, err, want)
		}
	}
}
