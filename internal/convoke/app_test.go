// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"slices"
	"strings"
	"testing"
)

func TestWhereAnAppMaySendPeopleBack(t *testing.T) {
	t.Parallel()
	for uri, want := range map[string]bool{
		"https://lantern.example/back":          true,
		"https://lantern.example:8443/?a=b":     true,
		"http://localhost:9000/back":            true, // the person's own machine (RFC 8252)
		"http://127.0.0.1/":                     true,
		"http://[::1]:9000/":                    true,
		"http://lantern.example/back":           false,
		"http://localhost.evil.example/":        false,
		"https://lantern.example/back#part":     false,
		"https://lantern.example/back#":         false,
		"https://jane@lantern.example/":         false,
		"https:///back":                         false,
		"//lantern.example/":                    false,
		"javascript:alert(1)":                   false,
		"lantern:/back":                         false,
		"https://lantern.example/a b":           false,
		"https://lantern.example/\\evil":        false,
		"https://läntern.example/":              false,
		"https://lantern.example/\x00":          false,
		"":                                      false,
		"https://l/" + strings.Repeat("a", 990): true,
		"https://l/" + strings.Repeat("a", 991): false,
	} {
		err := CheckRedirectURIs(AppForUsers, []string{uri})
		if (err == nil) != want || err != nil && !HasCode(err, CodeInvalidField) {
			t.Errorf("%q: %v", uri, err)
		}
	}
	const one = "https://lantern.example/"
	if err := CheckRedirectURIs(AppPublic, slices.Repeat([]string{one}, 21)); !HasCode(err, CodeInvalidField) {
		t.Errorf("one too many: %v", err)
	}
	if err := CheckRedirectURIs(AppForAccount, []string{one}); !HasCode(err, CodeInvalidField) {
		t.Errorf("an app for the account: %v", err)
	}
}

func TestWhatAnAppDoesForAPersonIsBoundTwice(t *testing.T) {
	t.Parallel()
	app := App{ClientID: "app", AccountID: "acme", Kind: AppForUsers, Scopes: Scopes{"meeting:read", "user:read"}}
	p := app.PrincipalFor(Holder{UserID: "jane", Scopes: Scopes{"user:read", "meeting:write"}}) // meeting:write is taken from the app since
	if err := p.RequireFor(RightReadUser, "jane"); err != nil {
		t.Errorf("what was allowed, and the app has: %v", err)
	}
	for name, err := range map[string]error{
		"allowed, and taken from the app since": p.RequireFor(RightCreateMeeting, "jane"),
		"of the app, and not allowed":           p.RequireFor(RightListMeetings, "jane"),
		"for somebody else":                     p.RequireFor(RightReadUser, "bob"),
		"for the account":                       p.Require(RightReadUser),
	} {
		if !HasCode(err, CodeScopeMissing) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := p.RequirePerson(); !HasCode(err, CodeNotPerson) {
		t.Errorf("an app passes for the person: %v", err)
	}
}
