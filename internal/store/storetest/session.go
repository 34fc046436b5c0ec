// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"
	"reflect"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

func (w *world) newSession(hash string, user convoke.UserID) convoke.Session {
	w.Helper()
	s := convoke.Session{
		Hash: []byte(hash), Kind: convoke.SessionUser, AccountID: w.account.ID, UserID: user,
		CreatedAt: now, ExpiresAt: now.Add(time.Hour),
	}
	if user == "" {
		s.Kind = convoke.SessionOperatorCode
	}
	w.must(w.db.SaveSession(w.ctx(), s))
	return s
}

var sessionTests = map[string]func(*world){
	"saved, read, deleted": func(w *world) {
		s := w.newSession("a", w.bound("42").ID)
		got, err := w.db.Session(w.ctx(), s.Hash)
		w.must(err)
		if !reflect.DeepEqual(got, s) {
			w.Errorf("read back %+v, want %+v", got, s)
		}
		w.must(w.db.DeleteSession(w.ctx(), s.Hash))
		_, err = w.db.Session(w.ctx(), s.Hash)
		w.wantCode(err, convoke.CodeTokenInvalid)
		w.must(w.db.DeleteSession(w.ctx(), s.Hash))
	},
	"taken once by 20 at the same time": func(w *world) {
		s := w.newSession("a", "")
		done := 0
		for _, err := range parallel(20, func(int) error {
			got, err := w.db.TakeSession(w.ctx(), s.Hash)
			if err == nil && !reflect.DeepEqual(got, s) {
				return fmt.Errorf("took %+v", got)
			}
			return err
		}) {
			if err == nil {
				done++
			} else {
				w.wantCode(err, convoke.CodeTokenInvalid)
			}
		}
		if done != 1 {
			w.Errorf("taken %d times", done)
		}
	},
	"gone with its user": func(w *world) {
		user := w.bound("42")
		s := w.newSession("a", user.ID)
		w.remove(user.ID)
		_, err := w.db.Session(w.ctx(), s.Hash)
		w.wantCode(err, convoke.CodeTokenInvalid)
	},
	"gone when it expired": func(w *world) {
		for i := range 1001 {
			w.newSession(fmt.Sprint(i), "")
		}
		w.must(w.db.DeleteExpired(w.ctx(), now))
		_, err := w.db.Session(w.ctx(), []byte("1000"))
		w.must(err)
		w.must(w.db.DeleteExpired(w.ctx(), now.Add(time.Hour)))
		for _, hash := range []string{"0", "500", "1000"} {
			_, err := w.db.Session(w.ctx(), []byte(hash))
			w.wantCode(err, convoke.CodeTokenInvalid)
		}
	},
}
