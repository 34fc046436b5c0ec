// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

var userTests = map[string]func(*world){
	"read back as it was written": func(w *world) {
		user := w.bound("42")
		link, key, first := "Jane.Doe", "1234567", "Jane\u0301 \u2603"
		w.must(w.byUser(w.account, user.ID, func(u convoke.User) (convoke.Change, error) {
			return convoke.Update(u, convoke.UserPatch{
				FirstName: &first, PersonalLink: &link, HostKey: &key,
				Profile: []byte(`{"dept":"R&D","custom_attributes":[{"key":"k","name":"n","value":"v"}],"use_pmi":true}`),
			}, convoke.Found{}, w.mark())
		}))
		got := w.user(user.ID)
		want := user
		want.FirstName, want.PersonalLink, want.HostKey = first, link, key
		want.Profile = convoke.Profile{Dept: "R&D", UsePMI: true, CustomAttributes: []convoke.CustomAttribute{{Key: "k", Name: "n", Value: "v"}}}
		if !reflect.DeepEqual(*got, want) {
			w.Errorf("read back %+v, want %+v", *got, want)
		}
		byLink, err := w.db.UserByPersonalLink(w.ctx(), convoke.PersonalLinkKey(link))
		w.must(err)
		if byLink.ID != user.ID {
			w.Errorf("the link leads to %s", byLink.ID)
		}
		_, err = w.db.UserByPersonalLink(w.ctx(), "nobody")
		w.wantCode(err, convoke.CodeUserNotFound)
	},
	"personal meeting ids by number": func(w *world) {
		const first = convoke.MeetingID(6_283_185_300)
		for _, n := range []convoke.MeetingID{7, 3, 5} {
			_, err := w.ensure(w.account, convoke.Request{Source: convoke.SourceApp, ExternalID: n.String(), PMI: first + n})
			w.must(err)
		}
		two, err := w.db.PMIs(w.ctx(), first+3, first+8, 2)
		w.must(err)
		below, err := w.db.PMIs(w.ctx(), first, first+7, 10)
		w.must(err)
		if want := []convoke.MeetingID{first + 3, first + 5}; !slices.Equal(two, want) || !slices.Equal(below, want) {
			w.Errorf("%v and %v, want %v", two, below, want)
		}
	},
	"everything that a lookup names": func(w *world) {
		user, other := w.bound("42"), w.bound("43")
		link := "some.link"
		w.must(w.byUser(w.account, other.ID, func(u convoke.User) (convoke.Change, error) {
			return convoke.Update(u, convoke.UserPatch{PersonalLink: &link}, convoke.Found{}, w.mark())
		}))
		found, err := w.db.Find(w.ctx(), convoke.Lookup{
			AccountID: w.account.ID, Source: convoke.SourceApp, ExternalID: "42", UserID: other.ID,
			Email: strings.ToUpper(other.Email), PersonalLink: "SOME.link", PMI: user.PMI,
		})
		w.must(err)
		switch {
		case found.Policy.Account != w.account,
			found.Bound == nil || found.Bound.ID != user.ID || found.Binding.UserID != user.ID,
			found.Target == nil || found.Target.ID != other.ID,
			found.TargetBinding == nil || found.TargetBinding.ExternalID != "43",
			found.Holder == nil || found.Holder.ID != other.ID, !found.LinkTaken, !found.PMITaken:
			w.Errorf("found %+v", found)
		}
	},
	"a number that was given up stays with the account": func(w *world) {
		user, removed, number := w.bound("42"), w.bound("43"), newPMI()
		w.must(w.byUser(w.account, user.ID, func(u convoke.User) (convoke.Change, error) {
			after := u
			after.PMI = number
			return convoke.Change{Before: &u, After: &after}, nil
		}))
		w.remove(removed.ID)
		stranger := w.newAccount(0)
		for _, pmi := range []convoke.MeetingID{user.PMI, removed.PMI} {
			for account, taken := range map[convoke.AccountID]bool{w.account.ID: false, stranger.ID: true} {
				found, err := w.db.Find(w.ctx(), convoke.Lookup{AccountID: account, PMI: pmi})
				w.must(err)
				if found.PMITaken != taken {
					w.Errorf("%d is taken for %s: %v", pmi, account, found.PMITaken)
				}
			}
		}
	},
	"every set of keys can be looked up": func(w *world) {
		for set := range 32 {
			l := convoke.Lookup{AccountID: w.account.ID}
			for bit, name := range []func(){
				func() { l.Source, l.ExternalID = convoke.SourceApp, "x" }, func() { l.UserID = "x" },
				func() { l.Email = "x@example.com" }, func() { l.PersonalLink = "xxxxx" }, func() { l.PMI = 1 },
			} {
				if set&(1<<bit) != 0 {
					name()
				}
			}
			found, err := w.db.Find(w.ctx(), l)
			w.must(err)
			if want := (convoke.Found{Policy: convoke.Policy{Account: w.account}}); !reflect.DeepEqual(found, want) {
				w.Errorf("%+v found %+v", l, found)
			}
		}
	},
	"e-mail is one user's in its account": func(w *world) {
		made := 0
		for i, err := range parallel(50, func(i int) error {
			_, err := w.ensure(w.account, convoke.Request{Source: convoke.SourceApp, ExternalID: fmt.Sprint(i), Email: "Jane@Example.com"})
			return err
		}) {
			if err == nil {
				made++
				continue
			}
			w.wantCode(err, convoke.CodeEmailTaken)
			if convoke.AsError(err).UserID == "" {
				w.Errorf("error %d does not say who has the e-mail", i)
			}
		}
		if made != 1 {
			w.Errorf("%d users", made)
		}
		other := w.newAccount(convoke.NoSeatLimit)
		_, err := w.ensure(other, convoke.Request{Source: convoke.SourceApp, ExternalID: "1", Email: "jane@example.com"})
		w.must(err)
		users, err := w.db.UsersByEmail(w.ctx(), "jane@example.com", 10)
		w.must(err)
		if len(users) != 2 {
			w.Errorf("%d users in all accounts", len(users))
		}
	},
	"wanted personal meeting id goes to one of many": func(w *world) {
		pmi := newPMI()
		users := make([]convoke.User, 20)
		for _, err := range parallel(len(users), func(i int) error {
			d, err := w.ensure(w.account, convoke.Request{Source: convoke.SourceApp, ExternalID: fmt.Sprint(i), PMI: pmi})
			users[i] = d.User
			return err
		}) {
			w.must(err)
		}
		lucky := 0
		for _, u := range users {
			if u.PMI == pmi {
				lucky++
			}
		}
		if lucky != 1 {
			w.Errorf("%d users have it", lucky)
		}
	},
	"listed in their order, page by page, while the last of each page is removed": func(w *world) {
		var want []convoke.UserID
		for i := range 25 {
			want = append(want, w.bound(fmt.Sprint(i)).ID)
		}
		w.invited()
		last := convoke.UserID("")
		for len(want) > 0 {
			users, err := w.db.Users(w.ctx(), w.account.ID, convoke.StatusActive, last, 10)
			w.must(err)
			if len(users) != min(10, len(want)) {
				w.Fatalf("a page of %d users with %d to come", len(users), len(want))
			}
			for i, u := range users {
				if u.ID != want[i] {
					w.Fatalf("%s in the place of %s", u.ID, want[i])
				}
			}
			last, want = users[len(users)-1].ID, want[len(users):]
			w.remove(last)
		}
		users, err := w.db.Users(w.ctx(), w.account.ID, convoke.StatusActive, last, 10)
		w.must(err)
		if len(users) != 0 {
			w.Errorf("%d users after the last", len(users))
		}
	},
	"login is recorded": func(w *world) {
		user := w.bound("42")
		at := now.Add(time.Hour)
		e := convoke.NewEvent(convoke.EventUserSignedIn, at, convoke.Payload{AccountID: w.account.ID})
		session := convoke.Session{
			Hash: []byte("one"), Kind: convoke.SessionUser, AccountID: w.account.ID, UserID: user.ID, CreatedAt: at, ExpiresAt: at.Add(time.Hour),
		}
		w.must(w.db.SignIn(w.ctx(), session, e))
		if got, err := w.db.Session(w.ctx(), session.Hash); err != nil || got.UserID != user.ID {
			w.Errorf("the session is %+v, %v", got, err)
		}
		if got := w.user(user.ID); !got.LastLoginAt.Equal(at) {
			w.Errorf("last login at %v", got.LastLoginAt)
		}
		if n := count(w.events(w.account.ID, 3), convoke.EventUserSignedIn); n != 1 {
			w.Errorf("%d events", n)
		}
		nobody := session
		nobody.Hash, nobody.UserID = []byte("two"), "nobody"
		w.wantCode(w.db.SignIn(w.ctx(), nobody, e), convoke.CodeUserNotFound)
		w.must(w.byUser(w.account, user.ID, func(u convoke.User) (convoke.Change, error) {
			return convoke.Deactivate(u, convoke.Mark{At: at})
		}))
		session.Hash = []byte("three")
		w.wantCode(w.db.SignIn(w.ctx(), session, e), convoke.CodeUserNotFound)
		_, err := w.db.Session(w.ctx(), session.Hash)
		w.wantCode(err, convoke.CodeTokenInvalid)
		if n := count(w.events(w.account.ID, 4), convoke.EventUserSignedIn); n != 1 {
			w.Errorf("%d events after what was refused", n)
		}
	},
	"tokens revoked with the sessions": func(w *world) {
		user, other := w.bound("42"), w.bound("43")
		for i, id := range []convoke.UserID{user.ID, other.ID} {
			w.must(w.db.SaveSession(w.ctx(), convoke.Session{
				Hash: []byte{byte(i)}, Kind: convoke.SessionUser, AccountID: w.account.ID, UserID: id, CreatedAt: now, ExpiresAt: now.Add(time.Hour),
			}))
		}
		at := now.Add(time.Minute)
		w.must(w.byUser(w.account, user.ID, func(u convoke.User) (convoke.Change, error) {
			return convoke.RevokeTokens(u, convoke.Mark{At: at}), nil
		}))
		if got := w.user(user.ID); !got.HostTokensFrom.Equal(at) {
			w.Errorf("tokens count from %v", got.HostTokensFrom)
		}
		if got := w.user(other.ID); !got.HostTokensFrom.IsZero() {
			w.Errorf("another user's count from %v", got.HostTokensFrom)
		}
		_, err := w.db.Session(w.ctx(), []byte{0})
		w.wantCode(err, convoke.CodeTokenInvalid)
		_, err = w.db.Session(w.ctx(), []byte{1})
		w.must(err)
	},
	"deleted once by 20 at the same time": func(w *world) {
		user := w.bound("42")
		for _, err := range parallel(20, func(int) error {
			return w.byUser(w.account, user.ID, func(u convoke.User) (convoke.Change, error) {
				return convoke.Remove(u, convoke.Delete, convoke.Policy{}, w.mark())
			})
		}) {
			if err != nil {
				w.wantCode(err, convoke.CodeUserNotFound)
			}
		}
		if n := count(w.events(w.account.ID, 3), convoke.EventUserDeleted); n != 1 {
			w.Errorf("%d user.deleted events", n)
		}
		_, census, err := w.db.Tally(w.ctx(), w.account.ID)
		w.must(err)
		if census != (convoke.Census{}) {
			w.Errorf("census is %+v", census)
		}
	},
}
