// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"reflect"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// waiting is a device that waits, with a value of its own in every field.
func (w *world) waiting() convoke.DeviceRequest {
	w.Helper()
	id := newID()
	d := convoke.DeviceRequest{
		Hash: []byte(id + "\x00device"), UserCode: convoke.UserCode(id[:8]), ClientID: w.newApp().ClientID, Scopes: convoke.Scopes{"email", "openid"},
		ExpiresAt: now.Add(time.Minute), Interval: 5 * time.Second, AskedAt: now,
	}
	added, err := w.db.AddDevice(w.ctx(), d)
	if err != nil || !added {
		w.Fatalf("added %t, %v", added, err)
	}
	return d
}

func (w *world) wantDevice(want convoke.DeviceRequest) {
	w.Helper()
	byHash, err := w.db.Device(w.ctx(), want.Hash)
	w.must(err)
	byCode, err := w.db.DeviceByCode(w.ctx(), want.UserCode)
	w.must(err)
	if !reflect.DeepEqual(byHash, want) || !reflect.DeepEqual(byCode, want) {
		w.Errorf("read back %+v and %+v, want %+v", byHash, byCode, want)
	}
}

var deviceTests = map[string]func(*world){
	"a device is read back, and its user code is its own": func(w *world) {
		d := w.waiting()
		w.wantDevice(d)
		other := d
		other.Hash = []byte("other")
		if added, err := w.db.AddDevice(w.ctx(), other); added || err != nil {
			w.Errorf("another one with the code: %t, %v", added, err)
		}
		_, err := w.db.Device(w.ctx(), other.Hash)
		w.wantCode(err, convoke.CodeInvalidGrant)
		_, err = w.db.DeviceByCode(w.ctx(), "UNKNOWN!")
		w.wantCode(err, convoke.CodeUserCode)
	},
	"a question does not take back what the person said": func(w *world) {
		d := w.waiting()
		w.must(w.db.DeclineDevice(w.ctx(), d.Hash))
		d.AskedAt, d.Interval = now.Add(time.Second), 10*time.Second
		w.must(w.db.SaveQuestion(w.ctx(), d))
		d.Declined = true
		w.wantDevice(d)
	},
	"a device is allowed once": func(w *world) {
		d, user := w.waiting(), w.bound(newID())
		p := convoke.Principal{AccountID: w.account.ID, UserID: user.ID}
		consent := convoke.Consent{ClientID: d.ClientID, AccountID: w.account.ID, UserID: user.ID, Scopes: d.Scopes, GivenAt: now}
		grant := d.Grant(newID(), p, convoke.Mark{At: now})
		w.must(w.db.AllowDevice(w.ctx(), d, consent, grant))
		got, err := w.db.GrantByCode(w.ctx(), d.Hash)
		if w.must(err); !reflect.DeepEqual(got, grant) {
			w.Errorf("the grant is %+v", got)
		}
		w.wantCode(w.db.AllowDevice(w.ctx(), d, consent, d.Grant(newID(), p, convoke.Mark{At: now})), convoke.CodeUserCode)
	},
	"a device that has expired is told so for a while": func(w *world) {
		d := w.waiting()
		w.must(w.db.DeleteExpired(w.ctx(), d.ExpiresAt.Add(convoke.DeviceLife-time.Second)))
		w.wantDevice(d)
		w.must(w.db.DeleteExpired(w.ctx(), d.ExpiresAt.Add(convoke.DeviceLife)))
		_, err := w.db.Device(w.ctx(), d.Hash)
		w.wantCode(err, convoke.CodeInvalidGrant)
	},
}
