// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzEnsure sends any external id, encoded and as it is, and any body: no
// answer may be a redirect or a fault of ours, every error is a problem with a
// code, and an id that is taken comes back as it was sent.
func FuzzEnsure(f *testing.F) {
	for _, seed := range [][2]string{
		{"42", `{"email": "jane@example.com"}`},
		{"..", `{}`},
		{"a/../b//c", ``},
		{"\x00", `{"first_name": "\u0000"}`},
		{"\xff", `{"user_id": "\u0000"}`},
		{"%2e%2E", `{"type": 1e400}`},
		{"?#;", `{"first_name": "\ud83d\ude42"}`},
		{"", `{"first_name": "\ud83d"}`},
		{strings.Repeat("é", 128), strings.Repeat("[", 20000)},
		{"bindings:batch", `{"bindings": [{"external_id": "\ud800"}, 1, "", {}]}`},
	} {
		f.Add(seed[0], seed[1])
	}
	w := newWorld(f, partner)
	f.Fuzz(func(t *testing.T, id, body string) {
		escaped := w.send(t, "PUT", "/bindings/"+url.PathEscape(id), body)
		if escaped != nil && escaped.Code < 300 {
			if got := read[bound](t, escaped, escaped.Code); got.ExternalID != id {
				t.Errorf("the external id %q came back as %q", id, got.ExternalID)
			}
		}
		w.send(t, "PUT", "/bindings/"+id, body)
		w.send(t, "GET", "/bindings/"+url.PathEscape(id), "")
		w.send(t, "PUT", "/bindings/42/meetings/"+url.PathEscape(id), body)
		w.send(t, "POST", "/meetings/"+url.PathEscape(id)+"/tickets", body)
		w.send(t, "GET", "/bindings?page_size=2&next_page_token="+url.QueryEscape(id), "")
		w.send(t, "GET", "/events?limit=2&after="+url.QueryEscape(id), "")
		w.send(t, "POST", "/bindings:batch", body)
		item, err := json.Marshal(map[string]any{"external_id": id, "email": body, "user_id": id, "password": body})
		check(t, err)
		w.send(t, "POST", "/bindings:batch", `{"bindings": [`+string(item)+`, `+body+`]}`)
	})
}

// send makes a call and checks what holds for all answers. It returns nil when
// no server would have handed the request on.
func (w *world) send(t *testing.T, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r, err := w.request(method, Prefix+path, body)
	if err != nil {
		return nil
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	switch {
	case answer.Code >= 500, answer.Code >= 300 && answer.Code < 400:
		t.Errorf("%s %q with %q: status %d, %s", method, path, body, answer.Code, answer.Body)
	case answer.Code >= 400:
		if p := read[problem](t, answer, answer.Code); p.Code == "" || p.Detail == "" || p.Type == "about:blank" {
			t.Errorf("%s %q with %q: no documented problem: %s", method, path, body, answer.Body)
		}
	}
	if strings.Contains(answer.Body.String(), `"status":500`) {
		t.Errorf("%s %q with %q: an item is a fault of ours: %s", method, path, body, answer.Body)
	}
	return answer
}
