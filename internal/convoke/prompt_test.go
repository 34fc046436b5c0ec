// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

func TestWhatAnAppSaysAboutItsPerson(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_800_000_000_123)
	app := convoke.App{ClientID: "c", Kind: convoke.AppForUsers, RedirectURIs: []string{"https://app.example/"}, Scopes: convoke.Scopes{"openid"}}
	for said, want := range map[string]struct {
		silent bool
		after  string // what is forwarded; empty: nothing
		fault  convoke.Code
	}{
		"":                              {},
		"prompt=none":                   {silent: true},
		"prompt=login":                  {after: "1800000000123"},
		"prompt=consent+select_account": {after: "1800000000123"},
		"prompt=consent":                {},
		"max_age=60":                    {after: "1799999940123"},
		"max_age=0&prompt=none":         {silent: true, after: "1800000000123"},
		"max_age=9223372036854775807":   {after: "1484640000123"},
		"max_age=60&prompt=login":       {after: "1800000000123"},
		"login_after=1":                 {},
		"login_after=x&max_age=":        {},
		"prompt=none+consent":           {fault: convoke.CodeInvalidAuthRequest},
		"prompt=Login":                  {fault: convoke.CodeInvalidAuthRequest},
		"max_age=1m":                    {fault: convoke.CodeInvalidAuthRequest},
	} {
		values, err := url.ParseQuery("client_id=c&response_type=code&redirect_uri=https://app.example/&" + said)
		if err != nil {
			t.Fatal(err)
		}
		request, err := convoke.NewAuthRequest(app, values)
		if want.fault != "" {
			if !convoke.HasCode(err, want.fault) || request.RedirectURI == "" {
				t.Errorf("%s: %v", said, err)
			}
			continue
		}
		if got := request.Forwarded(values, now).Get("login_after"); err != nil || request.Silent() != want.silent || got != want.after {
			t.Errorf("%s: after %q, silent %v, %v", said, got, request.Silent(), err)
		}
	}
}

func TestWhoMustSignInAgain(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_800_000_000_123)
	request := convoke.AuthRequest{LoginAfter: now}
	for at, want := range map[time.Time]bool{{}: false, now.Add(-time.Millisecond): false, now: true, now.Add(time.Hour): true} {
		if err := request.CheckLogin(convoke.Principal{SignedInAt: at}); (err == nil) != want || !want && !convoke.HasCode(err, convoke.CodeLoginRequired) {
			t.Errorf("at %s: %v", at, err)
		}
	}
	if err := (convoke.AuthRequest{}).CheckLogin(convoke.Principal{}); err != nil {
		t.Errorf("without a limit: %v", err)
	}
}
