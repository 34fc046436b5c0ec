// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
)

func TestOnlyTheOperatorManagesApps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app, token := w.token(t)
	caller, err := w.Bearer(t.Context(), token)
	check(t, err)
	for _, p := range []convoke.Principal{{}, caller, {Kind: convoke.UserCaller, AccountID: home, UserID: "someone"}} {
		_, _, err := w.CreateApp(t.Context(), p, access.AppDraft{Name: "x", Scopes: scopes})
		wantCode(t, err, convoke.CodeNotOperator)
		_, err = w.Apps(t.Context(), p)
		wantCode(t, err, convoke.CodeNotOperator)
		wantCode(t, w.RevokeApp(t.Context(), p, app.ClientID), convoke.CodeNotOperator)
	}
}

func TestAnAccountSeesItsOwnAppsOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app, token := w.token(t)
	stranger := convoke.Operator(abroad)
	apps, err := w.Apps(t.Context(), stranger)
	check(t, err)
	if len(apps) != 0 {
		t.Errorf("another account sees %d apps", len(apps))
	}
	wantCode(t, w.RevokeApp(t.Context(), stranger, app.ClientID), convoke.CodeAppNotFound)
	wantCode(t, w.RevokeApp(t.Context(), stranger, "no\x00id"), convoke.CodeAppNotFound)
	_, err = w.Bearer(t.Context(), token)
	check(t, err)
	apps, err = w.Apps(t.Context(), convoke.Operator(home))
	check(t, err)
	if len(apps) != 1 || apps[0].ClientID != app.ClientID || len(apps[0].SecretHash) != 32 {
		t.Errorf("apps are %+v", apps)
	}
}

func TestAnAppIsChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	foreign := w.addUser(t, abroad, func(*convoke.User) {})
	for name, c := range map[string]struct {
		name   string
		scopes convoke.Scopes
		owner  convoke.UserID
		code   convoke.Code
	}{
		"no name":           {" ", scopes, "", convoke.CodeInvalidName},
		"long name":         {strings.Repeat("ä", 129), scopes, "", convoke.CodeInvalidName},
		"line break":        {"a\nb", scopes, "", convoke.CodeInvalidName},
		"not UTF-8":         {"a\xff", scopes, "", convoke.CodeInvalidName},
		"no scope":          {"x", nil, "", convoke.CodeInvalidField},
		"unknown scope":     {"x", convoke.Scopes{"user:everything"}, "", convoke.CodeInvalidField},
		"unknown owner":     {"x", scopes, "0123456789012345678901", convoke.CodeUserNotFound},
		"owner not an id":   {"x", scopes, "a\x00", convoke.CodeUserNotFound},
		"another account's": {"x", scopes, foreign.ID, convoke.CodeUserNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := w.CreateApp(t.Context(), convoke.Operator(home), access.AppDraft{Name: c.name, Scopes: c.scopes, Owner: c.owner})
			wantCode(t, err, c.code)
		})
	}
	app, _, err := w.CreateApp(t.Context(), convoke.Operator(home), access.AppDraft{Name: "  " + strings.Repeat("ä", 128) + " ", Scopes: scopes})
	check(t, err)
	if len(app.Name) != 256 {
		t.Errorf("the name has %d bytes", len(app.Name))
	}
}
