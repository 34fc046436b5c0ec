// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// A user's settings are kept as one JSON object, of those that were ever set. The
// ones below have effect (docs/zoom-divergences.md); all others that the table
// knows are checked, kept and given back.
//
//	schedule_meeting.host_video, participants_video, join_before_host, audio_type
//	schedule_meeting.require_password_for_scheduling_new_meetings, require_password_for_instant_meetings
//	schedule_meeting.embed_password_in_join_link
//	in_meeting.waiting_room

// maxUserSettings is the longest JSON of one user's settings, in bytes; everyone
// who reads the user reads them.
const maxUserSettings = 16 << 10

// settingKind is what a setting's JSON value must be.
type settingKind uint8

const (
	flag settingKind = iota
	number
	text
	list // of texts, or of objects with texts
	group
)

type setting struct {
	kind    settingKind
	allowed []any // nil: whatever is of the kind
}

// defaultUserSettings are the ones with effect, as they are while nobody has set them.
func defaultUserSettings() map[string]any {
	meeting := DefaultSettings()
	return map[string]any{
		"schedule_meeting": map[string]any{
			"host_video": meeting.HostVideo, "participants_video": meeting.ParticipantVideo,
			"join_before_host": meeting.JoinBeforeHost, "audio_type": meeting.Audio,
			"require_password_for_scheduling_new_meetings": true, "require_password_for_instant_meetings": true,
			"embed_password_in_join_link": true,
		},
		"in_meeting": map[string]any{"waiting_room": meeting.WaitingRoom},
	}
}

// AllSettings returns the user's settings by section: what was set, and the
// defaults of those with effect.
func (u User) AllSettings() map[string]any {
	all := defaultUserSettings()
	overlay(all, u.ownSettings())
	return all
}

// ownSettings returns what was ever set. Only UpdateSettings writes it, so that
// it always parses.
func (u User) ownSettings() map[string]any {
	own := map[string]any{}
	if len(u.Settings) > 0 {
		_ = json.Unmarshal(u.Settings, &own)
	}
	return own
}

func overlay(to, from map[string]any) {
	for name, value := range from {
		inner, isGroup := value.(map[string]any)
		below, has := to[name].(map[string]any)
		if isGroup && has {
			overlay(below, inner)
			continue
		}
		to[name] = value
	}
}

// setting reads a flag with effect.
func (u User) setting(section, name string) bool {
	group, _ := u.AllSettings()[section].(map[string]any)
	on, _ := group[name].(bool)
	return on
}

// EmbedsPasscode reports whether the join links of the user's meetings carry the
// passcode.
func (u User) EmbedsPasscode() bool {
	return len(u.Settings) == 0 || u.setting("schedule_meeting", "embed_password_in_join_link")
}

// needsPasscode reports whether a meeting of the user that is made without a
// passcode gets one.
func (u User) needsPasscode(t MeetingType) bool {
	if t == TypeInstant {
		return u.setting("schedule_meeting", "require_password_for_instant_meetings")
	}
	return u.setting("schedule_meeting", "require_password_for_scheduling_new_meetings")
}

// meetingSettings are those of the user's meetings for which a request says nothing.
func (u User) meetingSettings() Settings {
	s := DefaultSettings()
	if len(u.Settings) == 0 {
		return s
	}
	s.HostVideo = u.setting("schedule_meeting", "host_video")
	s.ParticipantVideo = u.setting("schedule_meeting", "participants_video")
	s.JoinBeforeHost = u.setting("schedule_meeting", "join_before_host")
	s.WaitingRoom = u.setting("in_meeting", "waiting_room")
	group, _ := u.AllSettings()["schedule_meeting"].(map[string]any)
	if audio, ok := group["audio_type"].(string); ok {
		s.Audio = audio
	}
	return s
}

// UpdateSettings overwrites the settings that raw, a JSON object by section, names
// and the table knows; it ignores others. A value that the table does not allow
// is CodeInvalidField with its path. Without a difference the change is empty.
func UpdateSettings(u User, raw json.RawMessage, m Mark) (Change, error) {
	var patch map[string]any
	if err := json.Unmarshal(raw, &patch); err != nil {
		return Change{}, Invalid(CodeInvalidBody, "", "The settings must be a JSON object.")
	}
	own := u.ownSettings()
	now, before, err := mergeSettings(own, patch, "")
	if err != nil || len(now) == 0 {
		return Change{}, err
	}
	kept, err := json.Marshal(own)
	if err != nil || len(kept) > maxUserSettings {
		return Change{}, Invalid(CodeInvalidField, "", "The settings of one user may have at most %d bytes.", maxUserSettings)
	}
	after := u
	after.Settings = kept
	change := m.change(u, after)
	change.addByOperator(EventUserSettingsUpdated, m, u.AccountID, Payload{
		Object:    map[string]any{"id": u.ID, "settings": now},
		OldObject: map[string]any{"id": u.ID, "settings": before}, TimeStamp: m.At.UnixMilli(),
	})
	return change, nil
}

// mergeSettings writes into own what the patch sets, and returns that by itself
// and what was there before.
func mergeSettings(own, patch map[string]any, prefix string) (now, before map[string]any, err error) {
	now, before = map[string]any{}, map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(patch)) {
		path, value := prefix+name, patch[name]
		known, ok := settingTable[path]
		if !ok || value == nil {
			continue
		}
		if err := known.check(path, value); err != nil {
			return nil, nil, err
		}
		if known.kind == group {
			err = mergeGroup(own, name, value.(map[string]any), path, now, before) //nolint:forcetypeassert // checked
		} else {
			mergeValue(own, name, value, now, before)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return now, before, nil
}

func mergeGroup(own map[string]any, name string, patch map[string]any, path string, now, before map[string]any) error {
	inner, has := own[name].(map[string]any)
	if !has {
		inner = map[string]any{}
	}
	innerNow, innerBefore, err := mergeSettings(inner, patch, path+".")
	if err != nil || len(innerNow) == 0 {
		return err
	}
	own[name], now[name] = inner, innerNow
	if len(innerBefore) > 0 {
		before[name] = innerBefore
	}
	return nil
}

func mergeValue(own map[string]any, name string, value any, now, before map[string]any) {
	old, has := own[name]
	if has && sameJSON(old, value) {
		return
	}
	if has {
		before[name] = old
	}
	own[name], now[name] = value, value
}

func sameJSON(a, b any) bool {
	left, leftErr := json.Marshal(a)
	right, rightErr := json.Marshal(b)
	return leftErr == nil && rightErr == nil && string(left) == string(right)
}

// check refuses a value of the wrong kind or outside the enum.
func (s setting) check(path string, value any) error {
	switch s.kind {
	case flag:
		if _, ok := value.(bool); !ok {
			return Invalid(CodeInvalidField, path, "The setting %s must be true or false.", path)
		}
	case number:
		n, ok := value.(float64)
		if !ok || n != math.Trunc(n) || math.Abs(n) > 1<<53 {
			return Invalid(CodeInvalidField, path, "The setting %s must be a whole number.", path)
		}
		return s.checkEnum(path, int(n))
	case text:
		t, ok := value.(string)
		if !ok {
			return Invalid(CodeInvalidField, path, "The setting %s must be a text.", path)
		}
		if err := checkText(CodeInvalidField, path, t, maxSettingText); err != nil {
			return err
		}
		return s.checkEnum(path, t)
	case list:
		return checkSettingList(path, value)
	case group:
		if _, ok := value.(map[string]any); !ok {
			return Invalid(CodeInvalidField, path, "The setting %s must be an object.", path)
		}
	}
	return nil
}

// maxSettingText is Zoom's figure for the longest of the texts, in characters.
const maxSettingText = 2048

func (s setting) checkEnum(path string, value any) error {
	if s.allowed == nil || slices.Contains(s.allowed, value) {
		return nil
	}
	words := make([]string, len(s.allowed))
	for i, word := range s.allowed {
		words[i] = fmt.Sprint(word)
	}
	return Invalid(CodeInvalidField, path, "The setting %s must be one of %s.", path, strings.Join(words, ", "))
}

// maxSettingItems is the longest list.
const maxSettingItems = 300

// settingItemFields are the fields that an item may have; "" is one without.
var settingItemFields = []string{"", "code", "name", "id"}

// checkSettingList takes a list of texts, or of objects whose values are texts.
func checkSettingList(path string, value any) error {
	wrong := Invalid(CodeInvalidField, path, "The setting %s must be a list of at most %d texts of at most 255 characters.", path, maxSettingItems)
	items, ok := value.([]any)
	if !ok || len(items) > maxSettingItems {
		return wrong
	}
	for _, item := range items {
		fields, isObject := item.(map[string]any)
		if !isObject {
			fields = map[string]any{"": item}
		}
		for name, field := range fields {
			if t, isText := field.(string); !isText || !shortTexts(t) || !slices.Contains(settingItemFields, name) {
				return wrong
			}
		}
	}
	return nil
}
