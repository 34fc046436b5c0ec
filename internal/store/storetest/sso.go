// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"reflect"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// connection has a value of its own in every field.
func (w *world) connection(vanity string) convoke.SSOConnection {
	return convoke.SSOConnection{
		AccountID: w.account.ID, Vanity: vanity, EntityID: "https://idp.example/metadata", SignInURL: "https://idp.example/in",
		SignOutURL: "https://idp.example/out", Binding: convoke.SSOPost, Certificates: [][]byte{{1, 2}, {3}}, SignRequests: true,
		WantEncrypted: false, IDPInitiated: true, Provisioning: convoke.PriorToSignIn, ReloginAfter: 90 * time.Minute, MetadataURL: "https://idp.example/m",
		RefreshedAt: now.Add(1e9), NextRefreshAt: now.Add(2e9), RefreshFailure: "No answer.", SetByHand: []string{"binding"}, Certificate: []byte("certificate"),
		PrivateKey: []byte("sealed"), CreatedAt: now, UpdatedAt: now.Add(3e9),
	}
}

func (w *world) setSSO(c convoke.SSOConnection) error {
	return w.db.ChangeSSO(w.ctx(), c.AccountID, func(a convoke.Account, before *convoke.SSOConnection) (convoke.SSOChange, error) {
		return convoke.SetSSO(a, before, c, convoke.Mark{At: now}), nil
	})
}

// ssoSession is a session that came by single sign-on.
func (w *world) ssoSession(hash string, user convoke.UserID, index string) convoke.Session {
	s := convoke.Session{
		Hash: []byte(hash), Kind: convoke.SessionUser, AccountID: w.account.ID, UserID: user, CreatedAt: now, ExpiresAt: now.Add(time.Hour),
		SSO: &convoke.SSOLogin{NameID: convoke.SSOName{Value: "ann", Format: "f", NameQualifier: "q", SPNameQualifier: "s"}, Index: index},
	}
	w.must(w.db.SaveSession(w.ctx(), s))
	return s
}

var ssoTests = map[string]func(*world){
	"set, read, changed, removed": func(w *world) {
		_, err := w.db.SSO(w.ctx(), w.account.ID)
		w.wantCode(err, convoke.CodeSSONotFound)
		c := w.connection("acme")
		w.must(w.setSSO(c))
		c.WantEncrypted, c.Vanity = true, "acme-2"
		w.must(w.setSSO(c))
		got, err := w.db.SSOByVanity(w.ctx(), "acme-2")
		w.must(err)
		if !reflect.DeepEqual(got, c) {
			w.Errorf("read back %+v, want %+v", got, c)
		}
		_, err = w.db.SSOByVanity(w.ctx(), "acme")
		w.wantCode(err, convoke.CodeSSONotFound)
		c.OIDC = &convoke.OIDCClient{
			OIDCEndpoints: convoke.OIDCEndpoints{TokenURL: "t", UserInfoURL: "u", KeysURL: "k", SecretInBody: true, NamesIssuer: true},
			ClientID:      "convoke", Secret: []byte("sealed"), Scopes: []string{"openid"},
		}
		w.must(w.setSSO(c))
		if got, err = w.db.SSO(w.ctx(), w.account.ID); err != nil || !reflect.DeepEqual(got, c) {
			w.Errorf("read back %+v, %v, want %+v", got, err, c)
		}
		if account, err := w.db.Account(w.ctx(), w.account.ID); err != nil || !account.SSO || account.Provisioning != convoke.PriorToSignIn || account.Revision == w.account.Revision {
			w.Errorf("the account is %+v, %v", account, err)
		}
		w.must(w.db.ChangeSSO(w.ctx(), c.AccountID, func(a convoke.Account, before *convoke.SSOConnection) (convoke.SSOChange, error) {
			return convoke.RemoveSSO(a, *before, convoke.Mark{At: now}), nil
		}))
		if account, err := w.db.Account(w.ctx(), w.account.ID); err != nil || account.SSO || account.Provisioning != convoke.PriorToSignIn {
			w.Errorf("the account is %+v, %v", account, err)
		}
		if events := w.events(w.account.ID, 6); len(events) != 6 || events[0].Name != convoke.EventSSOUpdated {
			w.Errorf("the events are %+v", events)
		}
	},
	"one account for a name": func(w *world) {
		w.must(w.setSSO(w.connection("acme")))
		other := w.connection("acme")
		other.AccountID = w.newAccount(0).ID
		w.wantCode(w.setSSO(other), convoke.CodeVanityTaken)
		other.AccountID = "nobody"
		w.wantCode(w.setSSO(other), convoke.CodeAccountNotFound)
	},
	"due for its metadata": func(w *world) {
		c := w.connection("acme")
		w.must(w.setSSO(c))
		for at, want := range map[time.Time]int{c.NextRefreshAt.Add(-1e6): 0, c.NextRefreshAt: 1} {
			if due, err := w.db.DueSSO(w.ctx(), at, 10); err != nil || len(due) != want {
				w.Errorf("at %s due are %+v, %v", at, due, err)
			}
		}
	},
	"used once by 20 at the same time": func(w *world) {
		done := 0
		for _, err := range parallel(20, func(int) error { return w.db.UseOnce(w.ctx(), now.Add(time.Hour), []byte("a"), []byte("b")) }) {
			if err == nil {
				done++
			} else {
				w.wantCode(err, convoke.CodeReplayed)
			}
		}
		if done != 1 {
			w.Errorf("used %d times", done)
		}
		w.wantCode(w.db.UseOnce(w.ctx(), now.Add(time.Hour), []byte("c"), []byte("b")), convoke.CodeReplayed)
		w.must(w.db.UseOnce(w.ctx(), now.Add(time.Hour), []byte("c"))) // what was refused left nothing
		w.must(w.db.DeleteExpired(w.ctx(), now.Add(time.Hour)))
		w.must(w.db.UseOnce(w.ctx(), now.Add(2*time.Hour), []byte("a")))
	},
	"its sessions end": func(w *world) {
		user := w.bound("42")
		first, second := w.ssoSession("1", user.ID, "i1"), w.ssoSession("2", user.ID, "i2")
		plain := w.newSession("3", user.ID)
		if got, err := w.db.Session(w.ctx(), first.Hash); err != nil || !reflect.DeepEqual(got, first) {
			w.Errorf("read back %+v, %v", got, err)
		}
		w.ended("ann", []string{"i1", "i9"}, 1)
		_, err := w.db.Session(w.ctx(), first.Hash)
		w.wantCode(err, convoke.CodeTokenInvalid)
		w.ended("bob", nil, 0)
		w.ssoSession("4", user.ID, "i3")
		if n, err := w.db.DeleteSSOSession(w.ctx(), w.account.ID, "i3"); n != 1 || err != nil {
			w.Errorf("%d sessions named i3 ended, %v", n, err)
		}
		for _, index := range []string{"", "nothing of it"} {
			if n, err := w.db.DeleteSSOSession(w.ctx(), w.account.ID, index); n != 0 || err != nil {
				w.Errorf("%d sessions named %q ended, %v", n, index, err)
			}
		}
		w.ended("", nil, 0)
		w.ended("ann", nil, 1)
		_, err = w.db.Session(w.ctx(), second.Hash)
		w.wantCode(err, convoke.CodeTokenInvalid)
		_, err = w.db.Session(w.ctx(), plain.Hash)
		w.must(err)
	},
	"its sessions end with the provider": func(w *world) {
		user := w.bound("42")
		c := w.connection("acme")
		w.must(w.setSSO(c))
		plain := w.newSession("plain", user.ID)
		stays := func(what string, want bool, hash []byte) {
			w.Helper()
			if _, err := w.db.Session(w.ctx(), hash); (err == nil) != want {
				w.Errorf("%s: the session is there: %t", what, err == nil)
			}
		}
		session := w.ssoSession("1", user.ID, "i1")
		c.Certificates = [][]byte{{3}}
		w.must(w.setSSO(c))
		stays("with another key", true, session.Hash)
		c.EntityID = "https://another.example"
		w.must(w.setSSO(c))
		stays("of another provider", false, session.Hash)
		session = w.ssoSession("2", user.ID, "i2")
		w.must(w.db.ChangeSSO(w.ctx(), c.AccountID, func(a convoke.Account, before *convoke.SSOConnection) (convoke.SSOChange, error) {
			return convoke.RemoveSSO(a, *before, convoke.Mark{At: now}), nil
		}))
		stays("of none", false, session.Hash)
		stays("by a password", true, plain.Hash)
	},
}

func (w *world) ended(subject string, indexes []string, want int) {
	w.Helper()
	n, err := w.db.DeleteSSOSessions(w.ctx(), w.account.ID, subject, indexes)
	w.must(err)
	if n != want {
		w.Errorf("%d sessions of %q ended, want %d", n, subject, want)
	}
}
