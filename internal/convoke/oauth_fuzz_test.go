// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// FuzzAuthRequest reads what any site may have a browser bring. Nobody is sent
// anywhere but to an address that is registered letter by letter, and what was
// accepted once is accepted by the page that asks the person.
func FuzzAuthRequest(f *testing.F) {
	for _, query := range []string{
		"client_id=c&response_type=code&redirect_uri=https://app.example/&state=s&nonce=n",
		"client_id=c&response_type=code&redirect_uri=https://app.example/?x=%2520&max_age=0&prompt=login+consent&code_challenge_method=S256&code_challenge=" + strings.Repeat("a", 43),
		"client_id=c&redirect_uri=https://app.example/x&redirect_uri=https://app.example/", "prompt=none&max_age=-1&login_after=99999999999999999999",
	} {
		f.Add(query)
	}
	app := convoke.App{
		ClientID: "c", Kind: convoke.AppForUsers, RedirectURIs: []string{"https://app.example/", "https://app.example/?x=%20"}, Scopes: convoke.Scopes{"openid", "email"},
	}
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		request, err := convoke.NewAuthRequest(app, values)
		if request.RedirectURI != "" {
			checkAnswer(t, app, request)
		}
		if err != nil {
			if convoke.AsError(err).Kind == convoke.KindInternal {
				t.Errorf("%q is our fault: %v", query, err)
			}
			return
		}
		again, err := convoke.NewAuthRequest(app, request.Forwarded(values, time.Now()))
		if err != nil || again.RedirectURI != request.RedirectURI || !slices.Equal(again.Scopes, request.Scopes) || again.Silent() != convoke.WantsSilence(values) {
			t.Errorf("%q is forwarded as %+v, %v", query, again, err)
		}
	})
}

func checkAnswer(t *testing.T, app convoke.App, request convoke.AuthRequest) {
	t.Helper()
	to, err := url.Parse(request.Answer("https://issuer.example", url.Values{"code": {"c"}}))
	if err != nil || !slices.Contains(app.RedirectURIs, request.RedirectURI) || to.Scheme != "https" || to.Host != "app.example" || to.Path != "/" || to.Query().Get("code") != "c" {
		t.Errorf("%+v is answered at %v, %v", request, to, err)
	}
}

// FuzzUserCode reads what a person types: either it is none, or it is shown and
// read back the same.
func FuzzUserCode(f *testing.F) {
	for _, typed := range []string{"BCDF-GHJK", "bcdf ghjk", "ſcdfghjk", "BCDF-GHJKL"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := convoke.ParseUserCode(typed)
		if err != nil {
			return
		}
		if again, err := convoke.ParseUserCode(code.String()); err != nil || again != code || len(code) != 8 {
			t.Errorf("%q is %q, and read back %q, %v", typed, code, again, err)
		}
	})
}
