// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"reflect"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// allowed is a grant of a user of the world's to a new app, with a value of its
// own in every field.
func (w *world) allowed() (convoke.App, convoke.Consent, convoke.UserGrant) {
	w.Helper()
	app := w.newApp()
	user := w.bound(newID())
	consent := convoke.Consent{ClientID: app.ClientID, AccountID: w.account.ID, UserID: user.ID, Scopes: convoke.Scopes{"email", "openid"}, GivenAt: now}
	id := newID()
	grant := convoke.UserGrant{
		ID: id, ClientID: app.ClientID, AccountID: w.account.ID, UserID: user.ID, Scopes: convoke.Scopes{"openid"}, RedirectURI: "https://app.example/back",
		Nonce: "n", Challenge: "c", Plain: true, AuthTime: now.Add(-time.Hour), CodeHash: []byte(id + "\x00code"), CreatedAt: now, ExpiresAt: now.Add(time.Minute),
	}
	w.must(w.db.GiveConsent(w.ctx(), consent, grant))
	return app, consent, grant
}

// redeemed is allowed, with tokens.
func (w *world) redeemed() (convoke.App, convoke.UserGrant, convoke.RefreshToken, convoke.Token) {
	w.Helper()
	app, _, grant := w.allowed()
	grant.RedeemedAt, grant.ExpiresAt = now.Add(time.Second), now.Add(time.Hour)
	refresh := convoke.RefreshToken{Hash: []byte(grant.ID + "refresh")}
	token := convoke.Token{
		Hash: []byte(grant.ID + "token"), ClientID: app.ClientID, AccountID: w.account.ID, ExpiresAt: now.Add(time.Hour),
		Holder: &convoke.Holder{GrantID: grant.ID, UserID: grant.UserID, Email: w.user(grant.UserID).Email, Active: true, Scopes: grant.Scopes},
	}
	w.must(w.db.Redeem(w.ctx(), grant, refresh.Hash, token))
	return app, grant, refresh, token
}

// wantHolds checks whether the app holds the grant at the time.
func (w *world) wantHolds(g convoke.UserGrant, at time.Time, want bool) {
	w.Helper()
	if holds, err := w.db.GrantHolds(w.ctx(), g.ID, at); err != nil || holds != want {
		w.Errorf("the grant holds: %v, %v, want %v", holds, err, want)
	}
}

var oauthTests = map[string]func(*world){
	"consent and grant are read back": func(w *world) {
		app, consent, grant := w.allowed()
		got, found, err := w.db.Consent(w.ctx(), app.ClientID, consent.UserID)
		w.must(err)
		read, err := w.db.GrantByCode(w.ctx(), grant.CodeHash)
		w.must(err)
		if !found || !reflect.DeepEqual(got, consent) || !reflect.DeepEqual(read, grant) {
			w.Errorf("read back %+v and %+v", got, read)
		}
		all, apps, err := w.db.Consents(w.ctx(), consent.UserID)
		if err != nil || len(all) != 1 || !reflect.DeepEqual(all[0], consent) || !reflect.DeepEqual(apps[0], app) {
			w.Errorf("listed %+v, %+v, %v", all, apps, err)
		}
	},
	"a code is redeemed once by 20 at the same time": func(w *world) {
		app, _, grant := w.allowed()
		grant.RedeemedAt = now
		done := 0
		for _, err := range parallel(20, func(i int) error {
			name := []byte{byte(i)}
			return w.db.Redeem(w.ctx(), grant, name, convoke.Token{Hash: name, ClientID: app.ClientID, AccountID: w.account.ID, ExpiresAt: now})
		}) {
			if err == nil {
				done++
			} else {
				w.wantCode(err, convoke.CodeInvalidGrant)
			}
		}
		if done != 1 {
			w.Errorf("redeemed %d times", done)
		}
	},
	"who was deactivated or deleted meanwhile allows nothing": func(w *world) {
		_, consent, grant := w.allowed()
		grant.ID, grant.CodeHash = newID(), []byte(newID())
		w.must(w.byUser(w.account, grant.UserID, func(u convoke.User) (convoke.Change, error) { return convoke.Deactivate(u, w.mark()) }))
		w.wantCode(w.db.GiveConsent(w.ctx(), consent, grant), convoke.CodeTokenInvalid)
		w.must(w.byUser(w.account, grant.UserID, func(u convoke.User) (convoke.Change, error) {
			return convoke.Remove(u, convoke.Delete, convoke.Policy{}, w.mark())
		}))
		w.wantCode(w.db.GiveConsent(w.ctx(), consent, grant), convoke.CodeTokenInvalid)
		_, err := w.db.GrantByCode(w.ctx(), grant.CodeHash)
		w.wantCode(err, convoke.CodeInvalidGrant)
	},
	"a token leads to its person": func(w *world) {
		app, _, _, token := w.redeemed()
		got, owner, err := w.db.TokenApp(w.ctx(), token.Hash)
		w.must(err)
		if !reflect.DeepEqual(got, token) || owner.ClientID != app.ClientID {
			w.Errorf("got %+v of %+v", got, owner)
		}
	},
	"a refresh token is rotated once": func(w *world) {
		app, grant, old, _ := w.redeemed()
		old.UsedAt = now.Add(time.Minute)
		next := convoke.Token{Hash: []byte("next"), ClientID: app.ClientID, AccountID: w.account.ID, ExpiresAt: now}
		grant.ExpiresAt = now.Add(2 * time.Hour)
		w.must(w.db.Rotate(w.ctx(), grant, old, []byte("fresh"), next, now))
		next.Hash = []byte("third")
		w.wantCode(w.db.Rotate(w.ctx(), grant, old, []byte("other"), next, now), convoke.CodeInvalidGrant)
		used, _, err := w.db.GrantByRefresh(w.ctx(), old.Hash)
		if err != nil || !used.UsedAt.Equal(old.UsedAt) {
			w.Errorf("the old one is %+v, %v", used, err)
		}
		fresh, of, err := w.db.GrantByRefresh(w.ctx(), []byte("fresh"))
		if err != nil || !fresh.UsedAt.IsZero() || !reflect.DeepEqual(of, grant) {
			w.Errorf("the new one is %+v of %+v, %v", fresh, of, err)
		}
	},
	"all ends with the consent, the grant, the person, and in time": func(w *world) {
		for name, end := range map[string]func(convoke.UserGrant) error{
			"consent": func(g convoke.UserGrant) error { return w.db.DeleteConsent(w.ctx(), g.ClientID, g.UserID) },
			"grant":   func(g convoke.UserGrant) error { return w.db.DeleteGrant(w.ctx(), g.ID) },
			"person":  func(g convoke.UserGrant) error { w.remove(g.UserID); return nil },
			"expired": func(g convoke.UserGrant) error { return w.db.DeleteExpired(w.ctx(), g.ExpiresAt) },
		} {
			_, grant, refresh, token := w.redeemed()
			w.wantHolds(grant, now, true)
			w.wantHolds(grant, grant.ExpiresAt, false)
			w.must(end(grant))
			w.wantHolds(grant, now, false)
			_, _, err := w.db.TokenApp(w.ctx(), token.Hash)
			w.wantCode(err, convoke.CodeTokenInvalid)
			_, _, err = w.db.GrantByRefresh(w.ctx(), refresh.Hash)
			w.wantCode(err, convoke.CodeInvalidGrant)
			if _, err := w.db.GrantByCode(w.ctx(), grant.CodeHash); !convoke.HasCode(err, convoke.CodeInvalidGrant) {
				w.Errorf("%s: the code gives %v", name, err)
			}
		}
		w.wantCode(w.db.DeleteConsent(w.ctx(), "nobody", "nobody"), convoke.CodeAppNotFound)
		w.must(w.db.DeleteGrant(w.ctx(), "none"))
	},
	"redirect URIs are replaced by the app's account": func(w *world) {
		app := w.newApp()
		w.must(w.db.SetRedirectURIs(w.ctx(), w.account.ID, app.ClientID, []string{"https://a.example", "https://b.example"}))
		w.wantCode(w.db.SetRedirectURIs(w.ctx(), w.newAccount(0).ID, app.ClientID, nil), convoke.CodeAppNotFound)
		got, err := w.db.App(w.ctx(), app.ClientID)
		if err != nil || !reflect.DeepEqual(got.RedirectURIs, []string{"https://a.example", "https://b.example"}) {
			w.Errorf("it has %v, %v", got.RedirectURIs, err)
		}
	},
}
