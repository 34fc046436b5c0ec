// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"encoding/json"
	"strings"
	"time"
)

// MeetingPatch is what a client sends to make or change a meeting; nil leaves a
// value as it is, or gives the default to a new meeting.
type MeetingPatch struct {
	Topic       *string // empty is nil
	Agenda      *string
	Type        *MeetingType
	StartTime   *string         // yyyy-MM-ddTHH:mm:ssZ, or without Z and then in Timezone; empty is nil
	Duration    *int            // minutes
	Timezone    *string         // IANA name; empty is nil
	Passcode    *string         // empty: none; nil: a random one for a new meeting
	ScheduleFor *string         // id or e-mail of the host itself
	Recurrence  json.RawMessage // Zoom's recurrence object
	Settings    json.RawMessage // an object with any of Settings' fields; others are ignored
}

// apply overwrites what the patch names, rule by rule.
func (m *Meeting) apply(host User, p MeetingPatch, zones Zones, now time.Time) error {
	for _, step := range []func() error{
		func() error { return m.applyType(p.Type) },
		func() error { return m.checkScheduleFor(host, p.ScheduleFor) },
		func() error { return m.applyTexts(p) },
		func() error { return m.applyPasscode(p.Passcode) },
		func() error { return m.applyDuration(p.Duration) },
		func() error { return m.applyTime(p, zones, now) },
		func() error { return m.applyRecurrence(p.Recurrence) },
		func() error { return m.Settings.merge(p.Settings) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (m *Meeting) applyType(t *MeetingType) error {
	if t == nil || *t == m.Type {
		return nil
	}
	if m.Type == TypePersonal {
		return Invalid(CodeInvalidType, "type", "The type of a personal meeting cannot be changed.")
	}
	switch *t {
	case TypeInstant, TypeScheduled, TypeRecurring, TypeSeries, TypeScreenShare:
		m.Type = *t
		return nil
	}
	return Invalid(CodeInvalidType, "type",
		"The type must be 1 (instant), 2 (scheduled), 3 (recurring without a fixed time), 8 (recurring) or 10 (screen share only).")
}

// checkScheduleFor takes the host only: whom a new meeting is scheduled for is its
// host by then, and a meeting keeps its host.
func (m *Meeting) checkScheduleFor(host User, who *string) error {
	switch {
	case who == nil || *who == "":
		return nil
	case m.Type == TypeInstant:
		return Invalid(CodeScheduleRefused, "schedule_for", "An instant meeting cannot be scheduled for anyone: leave schedule_for out.")
	case *who == string(host.ID) || EmailKey(*who) == EmailKey(host.Email):
		return nil
	}
	return Invalid(CodeInvalidField, "schedule_for",
		"The value of schedule_for is invalid: name the host itself, or create the meeting under the other user.")
}

func (m *Meeting) applyTexts(p MeetingPatch) error {
	if p.Topic != nil && strings.TrimSpace(*p.Topic) != "" {
		m.Topic = *p.Topic
	}
	set(&m.Agenda, p.Agenda)
	if err := checkText(CodeInvalidField, "topic", m.Topic, MaxTopic); err != nil {
		return err
	}
	return checkText(CodeInvalidField, "agenda", m.Agenda, MaxAgenda)
}

func (m *Meeting) applyPasscode(passcode *string) error {
	if passcode == nil {
		return nil
	}
	visible := func(r rune) bool { return r > ' ' && r <= '~' }
	if len(*passcode) > MaxPasscode || strings.ContainsFunc(*passcode, func(r rune) bool { return !visible(r) }) {
		return Invalid(CodeInvalidField, "password", "A passcode has at most %d letters, digits and signs such as @ - _ * ! #.", MaxPasscode)
	}
	m.Passcode = *passcode
	return nil
}

func (m *Meeting) applyDuration(minutes *int) error {
	if minutes == nil {
		return nil
	}
	if *minutes < 1 || *minutes > MaxDuration {
		return Invalid(CodeInvalidField, "duration", "The duration must be from 1 to %d minutes.", MaxDuration)
	}
	m.Duration = *minutes
	return nil
}

func (m *Meeting) applyTime(p MeetingPatch, zones Zones, now time.Time) error {
	if p.Timezone != nil && *p.Timezone != "" {
		if zones.find(*p.Timezone) == nil {
			return Invalid(CodeInvalidField, "timezone", "The time zone must be an IANA name such as Europe/Paris or UTC.")
		}
		m.Timezone = *p.Timezone
	}
	if p.StartTime != nil && *p.StartTime != "" {
		start, err := parseStart(*p.StartTime, m.Zone(zones))
		if err != nil {
			return err
		}
		m.StartTime = start
	}
	switch {
	case !m.Type.HasFixedTime():
		m.StartTime = time.Time{}
	case m.StartTime.IsZero():
		m.StartTime = now.UTC().Truncate(time.Second)
	}
	return nil
}

// lastYear bounds what can be planned; JSON has no form for years over 9999.
const lastYear = 2999

// parseStart reads the two forms of start_time: GMT with a Z, or local without.
func parseStart(s string, zone *time.Location) (time.Time, error) {
	local, gmt := strings.CutSuffix(s, "Z")
	if gmt {
		zone = time.UTC
	}
	start, err := time.Parse("2006-01-02T15:04:05", local)
	if err != nil || start.Year() < 1970 || start.Year() > lastYear {
		return time.Time{}, Invalid(CodeInvalidField, "start_time",
			"start_time must look like 2026-11-23T10:00:00Z (GMT), or like 2026-11-23T10:00:00 in the time zone of the meeting.")
	}
	return onClock(start, zone).UTC(), nil
}
