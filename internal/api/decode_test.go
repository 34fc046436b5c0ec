// SPDX-License-Identifier: Apache-2.0

package api

import (
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

func TestDecodeObject(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body  string
		ok    bool
		field string
	}{
		{`{}`, true, ""},
		{`{"email": "jane@example.com", "type": 2}` + " \r\n\t", true, ""},
		{`{"email": null}`, true, ""},
		{`{"first_name": "\ud83d\ude42 \\ud83d \n \u00e4"}`, true, ""},
		{`{"first_name": "\\\\ud83d"}`, true, ""},
		{`{"first_name": "\ud83d"}`, false, ""},
		{`{"first_name": "\ude42\ud83d"}`, false, ""},
		{`{"first_name": "\ud83dx\ude42"}`, false, ""},
		{`{"first_name": "\\\ud83d"}`, false, ""},
		{`{"first_name": "` + "\xff" + `"}`, false, ""},
		{`{"emial": "jane@example.com"}`, false, "emial"},
		{`{"type": "2"}`, false, "type"},
		{`{"type": 99999999999999999999}`, false, "type"},
		{`{"email": {"address": "jane@example.com"}}`, false, "email"},
		{`{} {}`, false, ""},
		{`{}}`, false, ""},
		{`{"email": "jane@example.com"`, false, ""},
		{`{'email': 'jane@example.com'}`, false, ""},
		{`{"email": "jane@example.com",}`, false, ""},
		{"\ufeff{}", false, ""},
		{`[]`, false, ""},
		{`null`, false, ""},
		{`"text"`, false, ""},
		{`{"email": ` + strings.Repeat("[", 100_000), false, ""},
	} {
		err := decodeObject([]byte(c.body), &person{})
		if c.ok {
			if err != nil {
				t.Errorf("%.60q: %v", c.body, err)
			}
			continue
		}
		if e := convoke.AsError(err); err == nil || e.Code != convoke.CodeInvalidBody || e.Field != c.field {
			t.Errorf("%.60q: %v, field %q; want invalid_body, field %q", c.body, err, e.Field, c.field)
		}
	}
}

func TestAnUnknownFieldIsNamedAndShortened(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 1000)
	e := convoke.AsError(decodeObject([]byte(`{"`+long+`": 1}`), &person{}))
	if want := strings.Repeat("é", 32) + "..."; e.Field != want {
		t.Errorf("field %q, want %q", e.Field, want)
	}
}

func FuzzLoneSurrogate(f *testing.F) {
	f.Add(`\ud83d\ude42`)
	f.Add(`\\ud83d\`)
	f.Add(`\u12`)
	f.Fuzz(func(t *testing.T, text string) {
		var body struct {
			Text string `json:"text"`
		}
		if strings.ContainsAny(text, "\"\ufffd") || strings.Contains(strings.ToLower(text), `\ufffd`) {
			return
		}
		err := decodeObject([]byte(`{"text": "`+text+`"}`), &body)
		if err == nil && strings.ContainsRune(body.Text, '\ufffd') {
			t.Errorf("%q was taken, and decoded to %q", text, body.Text)
		}
	})
}
