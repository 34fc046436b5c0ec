// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

func settled(t *testing.T, u convoke.User, raw string) (convoke.User, convoke.Change) {
	t.Helper()
	change, err := convoke.UpdateSettings(u, []byte(raw), convoke.Mark{At: time.Unix(1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	if change.After != nil {
		u = *change.After
	}
	return u, change
}

func TestSettingsTellWhatChanged(t *testing.T) {
	t.Parallel()
	u, _ := settled(t, convoke.User{ID: "u"}, `{"in_meeting":{"chat":true,"waiting_room":true},"feature":{"webinar":true}}`)
	u, change := settled(t, u, `{"in_meeting":{"chat":false,"waiting_room":true,"polling":true}}`)
	var told struct {
		Object    struct{ Settings json.RawMessage }
		OldObject struct{ Settings json.RawMessage } `json:"old_object"`
	}
	if err := json.Unmarshal(change.Events[0].Payload, &told); err != nil {
		t.Fatal(err)
	}
	if got, want := string(told.Object.Settings), `{"in_meeting":{"chat":false,"polling":true}}`; got != want {
		t.Errorf("new are %s, want %s", got, want)
	}
	if got, want := string(told.OldObject.Settings), `{"in_meeting":{"chat":true}}`; got != want {
		t.Errorf("old were %s, want %s", got, want)
	}
	if got, want := string(u.Settings), `{"in_meeting":{"chat":false,"polling":true,"waiting_room":true}}`; got != want {
		t.Errorf("kept are %s, want %s", got, want)
	}
	if _, again := settled(t, u, string(u.Settings)); !again.Empty() {
		t.Errorf("the same once more is %+v", again)
	}
	if _, none := settled(t, u, `{"feature":{"webinar":true},"in_meeting":{"chat":null,"nonsense":1}}`); !none.Empty() {
		t.Errorf("nothing that is known is %+v", none)
	}
}

func TestSettingsAreBounded(t *testing.T) {
	t.Parallel()
	countries := strings.Repeat(`{"code":"`+strings.Repeat("x", 200)+`"},`, 200)
	raw := `{"audio_conferencing":{"global_dial_in_countries":{"selected_countries":[` + strings.TrimSuffix(countries, ",") + `]}}}`
	for _, raw := range []string{
		raw, `[]`, `{"telephony":{"audio_conference_info":"` + strings.Repeat("x", 2049) + `"}}`,
		`{"tsp":{"call_out_countries":[{"0":"x"}]}}`, `{"in_meeting":{"allow_participants_chat_with":1e300}}`,
	} {
		change, err := convoke.UpdateSettings(convoke.User{}, []byte(raw), convoke.Mark{})
		if e := convoke.AsError(err); err == nil || e.Kind != convoke.KindInvalid {
			t.Errorf("%.60s: %v, %+v", raw, err, change)
		}
	}
}

func TestSettingsOfAMeeting(t *testing.T) {
	t.Parallel()
	host := convoke.User{ID: "u", Status: convoke.StatusActive, Type: convoke.TypeLicensed}
	host, _ = settled(t, host, `{"schedule_meeting":{"host_video":false,"require_password_for_scheduling_new_meetings":false}}`)
	made := func(p convoke.MeetingPatch) convoke.Meeting {
		m, err := convoke.NewMeeting(host, p, convoke.FreshMeeting{ID: 12345678901, UUID: "x", Passcode: "abc234"}, time.LoadLocation, convoke.Mark{At: time.Unix(1, 0)})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if m := made(convoke.MeetingPatch{}); m.Settings.HostVideo || !m.Settings.ParticipantVideo || m.Passcode != "" {
		t.Errorf("a meeting has %+v and the passcode %q", m.Settings, m.Passcode)
	}
	if m := made(convoke.MeetingPatch{Passcode: new("given")}); m.Passcode != "given" {
		t.Errorf("a passcode that was asked for is %q", m.Passcode)
	}
	if m := made(convoke.MeetingPatch{Type: new(convoke.TypeInstant)}); m.Passcode == "" {
		t.Error("an instant meeting has no passcode")
	}
}
