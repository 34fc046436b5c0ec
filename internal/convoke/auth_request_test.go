// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// TestWhichScopesARequestAsksFor: what OpenID Connect has and nothing hangs on here
// is dropped, in the browser as on a device, and dropping never widens a request.
func TestWhichScopesARequestAsksFor(t *testing.T) {
	t.Parallel()
	const refused = ""
	app := convoke.App{
		ClientID: "c", Kind: convoke.AppForUsers, RedirectURIs: []string{"https://app.example/"}, Scopes: convoke.Scopes{"email", "openid", "user:read"},
	}
	for named, want := range map[string]string{
		"":                              "email openid user:read",
		"  ":                            "email openid user:read",
		"openid offline_access":         "openid",
		"offline_access openid openid":  "openid",
		"phone email address user:read": "email user:read",
		"offline_access":                refused,
		"address phone offline_access":  refused,
		"openid Offline_access":         refused,
		"openid profile":                refused, // known, and not the app's
		"user:read:admin":               refused,
		"openid recording:read":         refused,
	} {
		request, inBrowser := convoke.NewAuthRequest(app, url.Values{
			"client_id": {"c"}, "redirect_uri": {"https://app.example/"}, "response_type": {"code"}, "scope": {named},
		})
		device, onDevice := convoke.NewDeviceRequest(app, named, convoke.Mark{At: time.Now()})
		if got := request.Scopes.String(); got != want || convoke.HasCode(inBrowser, convoke.CodeInvalidScope) != (want == refused) {
			t.Errorf("%q asks in the browser for %q, %v; want %q", named, got, inBrowser, want)
		}
		if got := device.Scopes.String(); got != want || convoke.HasCode(onDevice, convoke.CodeInvalidScope) != (want == refused) {
			t.Errorf("%q asks on a device for %q, %v; want %q", named, got, onDevice, want)
		}
	}
}
