// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"testing"
	"time"
)

func TestWhoMayUseAnAuthorizationCode(t *testing.T) {
	t.Parallel()
	const (
		back      = "https://lantern.example/back"
		verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // RFC 7636, appendix B
		challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	)
	now := time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
	app := App{ClientID: "app", AccountID: "acme", Kind: AppPublic}
	grant := UserGrant{ClientID: "app", RedirectURI: back, Challenge: challenge, ExpiresAt: now.Add(AuthCodeLife)}
	plain, without := grant, grant
	plain.Challenge, plain.Plain = verifier, true
	without.Challenge = ""
	for name, c := range map[string]struct {
		grant              UserGrant
		client             ClientID
		redirect, verifier string
		at                 time.Time
		good               bool
	}{
		"by S256":                       {grant, "app", back, verifier, now, true},
		"by plain":                      {plain, "app", back, verifier, now, true},
		"without a challenge":           {without, "app", back, "", now, true},
		"another app":                   {grant, "other", back, verifier, now, false},
		"another address":               {grant, "app", back + "/", verifier, now, false},
		"too late":                      {grant, "app", back, verifier, now.Add(AuthCodeLife), false},
		"another verifier":              {grant, "app", back, "e" + verifier[1:], now, false},
		"no verifier":                   {grant, "app", back, "", now, false},
		"the challenge as the verifier": {grant, "app", back, challenge, now, false},
		"a verifier without challenge":  {without, "app", back, verifier, now, false},
	} {
		app.ClientID = c.client
		if err := c.grant.CheckRedeem(app, c.redirect, c.verifier, c.at); (err == nil) != c.good || err != nil && !HasCode(err, CodeInvalidGrant) {
			t.Errorf("%s: %v", name, err)
		}
	}
	app.ClientID = "app"
	if err := grant.CheckRedeem(app, back+"/", verifier, now); AsError(err).Message != "Redirect URI mismatch." {
		t.Errorf("to a good code at another address: %v", err)
	}
	if err := grant.CheckRedeem(app, back+"/", "", now); AsError(err).Message != "Invalid Token!" {
		t.Errorf("to who cannot use the code anyway: %v", err)
	}
}
