// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"bytes"
	"reflect"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

func (w *world) newApp() convoke.App {
	w.Helper()
	app := convoke.App{
		ClientID: convoke.ClientID(newID()), AccountID: w.account.ID, Name: "Host app", SecretHash: []byte{0, 1, 2},
		WebhookSecret: "hush", Scopes: convoke.Scopes{"user:write:admin", "user:read:admin"}, OwnerID: "owner", CreatedAt: now,
	}
	w.must(w.db.CreateApp(w.ctx(), app))
	return app
}

var appTests = map[string]func(*world){
	"created": func(w *world) {
		app := w.newApp()
		got, err := w.db.App(w.ctx(), app.ClientID)
		w.must(err)
		if !reflect.DeepEqual(got, app) {
			w.Errorf("read back %+v, want %+v", got, app)
		}
		all, err := w.db.Apps(w.ctx(), w.account.ID)
		w.must(err)
		if len(all) != 1 || !reflect.DeepEqual(all[0], app) {
			w.Errorf("listed %+v", all)
		}
		if none, err := w.db.Apps(w.ctx(), w.newAccount(0).ID); err != nil || len(none) != 0 {
			w.Errorf("another account sees %+v, %v", none, err)
		}
		if err := w.db.CreateApp(w.ctx(), app); err == nil {
			w.Error("the same client id was stored twice")
		}
	},
	"unknown": func(w *world) {
		_, err := w.db.App(w.ctx(), "nobody")
		w.wantCode(err, convoke.CodeAppNotFound)
		w.wantCode(w.db.RevokeApp(w.ctx(), w.account.ID, "nobody", now), convoke.CodeAppNotFound)
	},
	"revoked once, by its account": func(w *world) {
		app := w.newApp()
		w.wantCode(w.db.RevokeApp(w.ctx(), w.newAccount(0).ID, app.ClientID, now), convoke.CodeAppNotFound)
		w.must(w.db.RevokeApp(w.ctx(), w.account.ID, app.ClientID, now))
		w.must(w.db.RevokeApp(w.ctx(), w.account.ID, app.ClientID, now.Add(time.Hour)))
		got, err := w.db.App(w.ctx(), app.ClientID)
		w.must(err)
		if !got.RevokedAt.Equal(now) {
			w.Errorf("revoked at %v", got.RevokedAt)
		}
	},
	"token leads to it": func(w *world) {
		app := w.newApp()
		token := convoke.Token{Hash: []byte("hash\x00of a token"), ClientID: app.ClientID, AccountID: w.account.ID, ExpiresAt: now}
		w.must(w.db.SaveToken(w.ctx(), token))
		got, owner, err := w.db.TokenApp(w.ctx(), token.Hash)
		w.must(err)
		if !reflect.DeepEqual(got, token) || !reflect.DeepEqual(owner, app) {
			w.Errorf("got %+v of %+v", got, owner)
		}
		_, _, err = w.db.TokenApp(w.ctx(), []byte("hash"))
		w.wantCode(err, convoke.CodeTokenInvalid)
	},
	"a token is ended by its app": func(w *world) {
		app, other := w.newApp(), w.newApp()
		hash := []byte("hash of a token")
		w.must(w.db.SaveToken(w.ctx(), convoke.Token{Hash: hash, ClientID: app.ClientID, AccountID: w.account.ID, ExpiresAt: now}))
		ended := convoke.Mark{At: now}.AppEvent(convoke.EventTokenRevoked, app)
		w.must(w.db.DeleteToken(w.ctx(), other.ClientID, hash, ended))
		_, _, err := w.db.TokenApp(w.ctx(), hash)
		w.must(err)
		w.must(w.db.DeleteToken(w.ctx(), app.ClientID, hash, ended))
		_, _, err = w.db.TokenApp(w.ctx(), hash)
		w.wantCode(err, convoke.CodeTokenInvalid)
		w.must(w.db.DeleteToken(w.ctx(), app.ClientID, hash, ended))
		if log := w.events(w.account.ID, 1); len(log) != 1 || log[0].Name != convoke.EventTokenRevoked {
			w.Errorf("the log is %+v", log)
		}
	},
	"expired tokens go": func(w *world) {
		app := w.newApp()
		for i := range 3 {
			w.must(w.db.SaveToken(w.ctx(), convoke.Token{
				Hash: bytes.Repeat([]byte{byte(i)}, 32), ClientID: app.ClientID, AccountID: w.account.ID,
				ExpiresAt: now.Add(time.Duration(i-1) * time.Minute),
			}))
		}
		w.must(w.db.DeleteExpired(w.ctx(), now))
		for i, want := range []bool{false, false, true} {
			_, _, err := w.db.TokenApp(w.ctx(), bytes.Repeat([]byte{byte(i)}, 32))
			if (err == nil) != want {
				w.Errorf("token %d: %v", i, err)
			}
		}
	},
}
