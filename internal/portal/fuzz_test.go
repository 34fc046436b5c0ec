// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// FuzzRoomCalls sends any body with any credential to any route. Whatever comes
// in, no answer is a fault of ours, and all carry the security headers.
func FuzzRoomCalls(f *testing.F) {
	w := newWorld(f)
	v := w.schedule(f, convoke.TypeScheduled, `{"waiting_room":true}`)
	host := w.join(f, path(f, v.StartURL), "")
	guest := w.join(f, path(f, v.JoinURL), "Gary")
	code, err := w.access.OperatorCode(f.Context(), w.account)
	check(f, err)
	opened, _, _, err := w.access.ExchangeOperatorCode(f.Context(), "", code)
	check(f, err)
	for i := range routes {
		for _, body := range []string{
			"", "{}", `{"source":"camera"}`, `{"action":"activate"}`, `{"link":{"kind":"personal","name":"\u0000"}}`,
			linkBody(f, path(f, v.JoinURL), "Ann"), linkBody(f, path(f, v.StartURL), ""), `{"topic":"x","start_time":"2026-13-01T00:00:00Z","duration":1e9}`,
		} {
			f.Add(uint8(i), string(guest.ParticipantID), body, host.Session, opened)
		}
	}
	f.Add(uint8(0), "%00", "{}", guest.Session, "\x00")
	f.Fuzz(func(t *testing.T, route uint8, place, body, secret, session string) {
		method, target := routes[int(route)%len(routes)][0], routes[int(route)%len(routes)][1]
		r := httptest.NewRequest(method, public+target, strings.NewReader(body))
		r.URL.Path = strings.Replace(r.URL.Path, "/x", "/"+place, 1)
		r.Header.Set("Authorization", "Bearer "+secret)
		r.Header.Set("Cookie", "convoke_session="+session+"; convoke_person="+place)
		answer := httptest.NewRecorder()
		w.handler.ServeHTTP(answer, r)
		if answer.Code >= http.StatusInternalServerError {
			t.Errorf("%s %s: %d %s", method, r.URL, answer.Code, answer.Body)
		}
		wantSecure(t, target, answer)
	})
}
