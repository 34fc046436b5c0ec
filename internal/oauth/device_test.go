// SPDX-License-Identifier: Apache-2.0

package oauth_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/convoke/convoke/internal/convoke"
)

// device begins the device grant as an app without a secret.
func (w *world) device(t *testing.T) (*oauth2.Config, *oauth2.DeviceAuthResponse) {
	t.Helper()
	app, _ := w.newApp(t, convoke.AppPublic)
	config := w.config(app, "")
	config.Endpoint.DeviceAuthURL = w.server.URL + "/oauth/devicecode"
	begun, err := config.DeviceAuth(t.Context())
	check(t, err)
	return config, begun
}

// ask is one question of the device. It returns the tokens, or the error's code.
func (w *world) ask(t *testing.T, config *oauth2.Config, code string) (token oauth2.Token, fault string) {
	t.Helper()
	answer, err := http.PostForm(config.Endpoint.TokenURL, url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "client_id": {config.ClientID}, "device_code": {code},
	})
	check(t, err)
	defer answer.Body.Close()
	var body struct {
		oauth2.Token
		Reason, Error string
	}
	check(t, json.NewDecoder(answer.Body).Decode(&body))
	if (answer.StatusCode == http.StatusOK) != (body.Error == "") || answer.StatusCode >= http.StatusInternalServerError {
		t.Errorf("status %d with %+v", answer.StatusCode, body)
	}
	return body.Token, body.Error
}

func (w *world) wantFault(t *testing.T, config *oauth2.Config, code, want string) {
	t.Helper()
	if _, got := w.ask(t, config, code); got != want {
		t.Errorf("the device is told %q, want %q", got, want)
	}
}

func TestADeviceWaitsForItsPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config, begun := w.device(t)
	if begun.Interval != 5 || time.Until(begun.Expiry) < 14*time.Minute || begun.VerificationURI != w.server.URL+"/portal/device" ||
		begun.VerificationURIComplete != begun.VerificationURI+"?user_code="+begun.UserCode || len(begun.UserCode) != 9 {
		t.Errorf("it shows %+v", begun)
	}
	w.wantFault(t, config, begun.DeviceCode, "authorization_pending")
	w.wantFault(t, config, begun.DeviceCode, "slow_down") // and ten seconds from now on
	w.advance(6 * time.Second)
	w.wantFault(t, config, begun.DeviceCode, "slow_down")
	w.advance(16 * time.Second)
	w.wantFault(t, config, begun.DeviceCode, "authorization_pending")

	typed := strings.ToLower(strings.ReplaceAll(begun.UserCode, "-", " "))
	asked, err := w.AskedDevice(t.Context(), w.person, typed)
	check(t, err)
	if asked.App.Name != "Lantern" || asked.Request.Scopes.String() != "email openid user:read" {
		t.Errorf("the person is asked %+v", asked)
	}
	check(t, w.AllowDevice(t.Context(), w.person, typed))
	bare := *config
	bare.RedirectURL = "" // as the device's own grant has none
	wantRefusal(t, second(bare.Exchange(t.Context(), begun.DeviceCode)), "invalid_grant")
	token, fault := w.ask(t, config, begun.DeviceCode)
	if fault != "" {
		t.Fatalf("then the device is told %q", fault)
	}
	p, err := w.Bearer(t.Context(), token.AccessToken)
	check(t, err)
	if p.UserID != w.user.ID || token.RefreshToken == "" {
		t.Errorf("the token is of %+v", p)
	}
	w.wantFault(t, config, begun.DeviceCode, "invalid_grant") // a code that comes again was stolen
	w.wantDead(t, token.AccessToken)
	wantRefusal(t, second(config.Exchange(t.Context(), begun.DeviceCode)), "invalid_grant")
}

func TestWhatADeviceIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config, declined := w.device(t)
	check(t, w.DeclineDevice(t.Context(), w.person, declined.UserCode))
	w.wantFault(t, config, declined.DeviceCode, "access_denied")
	if err := w.AllowDevice(t.Context(), w.person, declined.UserCode); !convoke.HasCode(err, convoke.CodeUserCode) {
		t.Errorf("allowing what was declined gives %v", err)
	}

	config, late := w.device(t)
	w.advance(convoke.DeviceLife)
	w.wantFault(t, config, late.DeviceCode, "expired_token")
	if err := w.AllowDevice(t.Context(), w.person, late.UserCode); !convoke.HasCode(err, convoke.CodeUserCode) {
		t.Errorf("allowing what has expired gives %v", err)
	}

	config, own := w.device(t)
	other, _ := w.device(t)
	w.wantFault(t, other, own.DeviceCode, "invalid_grant")
	w.wantFault(t, config, "nonsense", "invalid_grant")
	config.Scopes = []string{"user:read:admin"}
	wantRefusal(t, second(config.DeviceAuth(t.Context())), "invalid_scope")
	forAccount, secret := w.newAccountApp(t)
	config.ClientID, config.ClientSecret = string(forAccount.ClientID), secret
	wantRefusal(t, second(config.DeviceAuth(t.Context())), "invalid_client")
}

// Who types wrong codes is slowed down, before all of them could be tried.
func TestGuessingUserCodesIsSlow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, begun := w.device(t)
	for range 10 {
		if _, err := w.AskedDevice(t.Context(), w.person, "BBBB-BBBB"); !convoke.HasCode(err, convoke.CodeUserCode) {
			t.Fatalf("a wrong code gives %v", err)
		}
	}
	if _, err := w.AskedDevice(t.Context(), w.person, begun.UserCode); !convoke.HasCode(err, convoke.CodeTooMany) {
		t.Errorf("the eleventh code gives %v", err)
	}
	w.advance(time.Minute)
	if _, err := w.AskedDevice(t.Context(), w.person, begun.UserCode); err != nil {
		t.Errorf("after a minute: %v", err)
	}
}
