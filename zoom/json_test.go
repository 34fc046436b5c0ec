// SPDX-License-Identifier: Apache-2.0

package zoom_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/convoke/convoke/zoom"
)

// The wanted text of each case is what JSON.stringify makes of JSON.parse of it.
func TestMarshalIsStableUnderStringify(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		value any
		want  string
	}{
		{"a<b>&c", `"a<b>&c"`},
		{"line\u2028paragraph\u2029", "\"line\u2028paragraph\u2029\""},
		{"\b\f\n\r\t\x01\x1f\x7f", `"\b\f\n\r\t\u0001\u001f` + "\x7f\""},
		{`"\/`, `"\"\\/"`},
		{`\u2028 is text here`, `"\\u2028 is text here"`},
		{"bad \xff byte", "\"bad \ufffd byte\""},
		{"😀é", `"😀é"`},
		{json.RawMessage(`{"a" : "\u00e9\ud83d\ude00\/\u000A\u001F\ud83d"}`), `{"a":"é😀/\n\u001f\ud83d"}`},
		{map[string]any{"n": []any{1, 1.5, 1e21, 1e-7, true, nil}}, `{"n":[1,1.5,1e+21,1e-7,true,null]}`},
		{zoom.Envelope{Event: zoom.EventUserCreated, EventTS: 1739923528000, Payload: json.RawMessage(`{"x":"\u003c"}`)},
			`{"event":"user.created","event_ts":1739923528000,"payload":{"x":"<"}}`},
	} {
		got, err := zoom.Marshal(test.value)
		if err != nil || string(got) != test.want {
			t.Errorf("Marshal(%#v) = %s, %v; want %s", test.value, got, err, test.want)
		}
	}
}

func TestMarshalRefusesWhatIsNotJSON(t *testing.T) {
	t.Parallel()
	if got, err := zoom.Marshal(json.RawMessage(`{"a":"\q"}`)); err == nil {
		t.Errorf("Marshal accepted an escape that JSON does not have: %s", got)
	}
}

// What Marshal writes decodes to the same value, and writing that again changes nothing.
func FuzzMarshal(f *testing.F) {
	f.Add("plain")
	f.Add("\u2028\x00\\u2028\"\\")
	f.Add("\xff\xed\xa0\x80")
	f.Fuzz(func(t *testing.T, s string) {
		first, err := zoom.Marshal(map[string]string{"k": s})
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]string
		if err := json.Unmarshal(first, &back); err != nil {
			t.Fatalf("%s: %v", first, err)
		}
		if want := string([]rune(s)); back["k"] != want {
			t.Errorf("came back as %q, want %q", back["k"], want)
		}
		if again, _ := zoom.Marshal(json.RawMessage(first)); string(again) != string(first) {
			t.Errorf("second time %s, first %s", again, first)
		}
	})
}

func TestTime(t *testing.T) {
	t.Parallel()
	summer := time.FixedZone("CEST", 2*3600)
	moment := time.Date(2026, 7, 1, 12, 30, 15, 999, summer)
	if got, want := zoom.At(moment).String(), "2026-07-01T10:30:15Z"; got != want {
		t.Errorf("String = %s, want %s", got, want)
	}
	if got := zoom.At(time.Time{}).String(); got != "" {
		t.Errorf("the zero Time is %q, want nothing", got)
	}
	for text, want := range map[string]time.Time{
		`"2026-07-01T10:30:15Z"`:      moment.Truncate(time.Second),
		`"2026-07-01T12:30:15+02:00"`: moment.Truncate(time.Second),
		`"2026-07-01T10:30:15.5"`:     moment.Truncate(time.Second).Add(time.Second / 2),
		`"2026-07-01"`:                time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC),
		`""`:                          {},
		`null`:                        {},
	} {
		got := zoom.At(moment)
		if err := json.Unmarshal([]byte(text), &got); err != nil || !got.Equal(want) {
			t.Errorf("%s is %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{`"yesterday"`, `7`} {
		if err := json.Unmarshal([]byte(text), new(zoom.Time)); err == nil {
			t.Errorf("%s was taken for a time", text)
		}
	}
}

func TestUserIsFlat(t *testing.T) {
	t.Parallel()
	var got zoom.User
	body := `{"id":"u1","email":"jill@example.com","type":2,"pmi":3542471135,"login_types":[99],"created_at":"2026-01-02T03:04:05Z","unknown":{"a":1}}`
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	if got.ID != "u1" || got.Type != zoom.TypeLicensed || got.PMI != 3542471135 || got.LoginTypes[0] != zoom.LoginAPI || got.CreatedAt.Year() != 2026 {
		t.Errorf("decoded %+v", got)
	}
}

func ExampleUpdateUserRequest() {
	body, _ := zoom.Marshal(zoom.UpdateUserRequest{Dept: new("R&D"), VanityName: new("")})
	fmt.Println(string(body))
	// Output: {"vanity_name":"","dept":"R&D"}
}

func ExampleError() {
	var err error = &zoom.Error{
		Status: 400, Code: zoom.CodeValidation, Message: "Validation Failed.",
		Errors: []zoom.FieldError{{Field: "user_info.email", Message: "Invalid field."}},
	}
	fmt.Println(err)
	fmt.Println(errors.Is(err, &zoom.Error{Code: zoom.CodeValidation}))
	// Output:
	// zoom: Validation Failed. (code 300, HTTP 400); user_info.email: Invalid field.
	// true
}

func ExampleTokenError() {
	fmt.Println(&zoom.TokenError{Status: 400, Code: zoom.TokenInvalidClient, Reason: "Invalid client_id or client_secret"})
	// Output: zoom: no access token: invalid_client: Invalid client_id or client_secret (HTTP 400)
}
