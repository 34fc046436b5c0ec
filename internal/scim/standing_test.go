// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"net/http"
	"testing"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
)

// A directory is given one value when it is set up, and keeps it.
func TestADirectoryKeepsItsToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSSO)
	app := func(d access.AppDraft) (convoke.App, string) {
		t.Helper()
		d.Name, d.Scopes = "directory", convoke.Scopes{"scim2:admin"}
		made, secret, err := w.access.CreateApp(t.Context(), w.operator, d)
		check(t, err)
		return made, secret
	}
	one, secret := app(access.AppDraft{})
	other, _ := app(access.AppDraft{})
	basic := func(id convoke.ClientID, secret string) string {
		r := http.Request{Header: http.Header{}}
		r.SetBasicAuth(string(id), secret)
		return r.Header.Get("Authorization")
	}
	bearer := func(id convoke.ClientID, secret string) string { return "Bearer " + access.StandingToken(id, secret) }
	status := func(authorization string) int {
		return w.call(t, "GET", Prefix+"/Users", http.Header{"Authorization": {authorization}}, "").Code
	}
	for _, way := range []func(convoke.ClientID, string) string{basic, bearer} {
		if got := status(way(one.ClientID, secret)); got != http.StatusOK {
			t.Errorf("the app's own: %d", got)
		}
		for name, header := range map[string]string{
			"another secret": way(one.ClientID, secret[1:]+"A"), "no secret": way(one.ClientID, ""), "another app": way(other.ClientID, secret),
			"no app": way("nobody", secret), "none": way("", ""),
		} {
			if got := status(header); got != http.StatusUnauthorized {
				t.Errorf("%s: %d", name, got)
			}
		}
	}
	w.clock.Add(int64(100 * 24 * access.TokenLife.Seconds()))
	if got := status(bearer(one.ClientID, secret)); got != http.StatusOK {
		t.Errorf("100 days later: %d", got)
	}
	check(t, w.access.RevokeApp(t.Context(), w.operator, one.ClientID))
	if got := status(bearer(one.ClientID, secret)); got != http.StatusUnauthorized {
		t.Errorf("of a revoked app: %d", got)
	}
	if _, err := w.access.Bearer(t.Context(), access.StandingToken(other.ClientID, secret)); !convoke.HasCode(err, convoke.CodeTokenInvalid) {
		t.Errorf("at other doors: %v", err)
	}
}
