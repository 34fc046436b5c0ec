// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"strconv"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

var bindingTests = map[string]func(*world){
	"found by every kind of key": func(w *world) {
		for _, id := range []string{"42", "a\x00b", "ключ", "'; DROP TABLE users; --", strings.Repeat("x", 255), " 42"} {
			user := w.bound(id)
			found, err := w.db.Find(w.ctx(), convoke.Lookup{AccountID: w.account.ID, Source: convoke.SourceApp, ExternalID: id})
			w.must(err)
			if found.Binding == nil || found.Binding.ExternalID != id || found.Bound == nil || found.Bound.ID != user.ID {
				w.Errorf("%q: found %+v", id, found)
			}
			if again := w.bound(id); again.ID != user.ID {
				w.Errorf("%q: two users", id)
			}
		}
	},
	"keys of other sources and accounts are others": func(w *world) {
		user, other := w.bound("42"), w.newAccount(convoke.NoSeatLimit)
		for _, l := range []convoke.Lookup{
			{AccountID: w.account.ID, Source: convoke.SourceCSV, ExternalID: "42"},
			{AccountID: other.ID, Source: convoke.SourceApp, ExternalID: "42"},
			{AccountID: other.ID, UserID: user.ID},
			{AccountID: other.ID, Email: user.Email},
		} {
			found, err := w.db.Find(w.ctx(), l)
			w.must(err)
			if found.Binding != nil || found.Bound != nil || found.Target != nil || found.Holder != nil {
				w.Errorf("%+v found %+v", l, found)
			}
		}
	},
	"made once by 200 at the same time": func(w *world) {
		ids := make([]convoke.UserID, 200)
		for _, err := range parallel(len(ids), func(i int) error {
			d, err := w.ensure(w.account, convoke.Request{Source: convoke.SourceApp, ExternalID: "42"})
			ids[i] = d.User.ID
			return err
		}) {
			w.must(err)
		}
		for _, id := range ids {
			if id != ids[0] {
				w.Fatalf("two users: %s and %s", id, ids[0])
			}
		}
		if n := count(w.events(w.account.ID, 2), convoke.EventUserCreated); n != 1 {
			w.Errorf("%d user.created events", n)
		}
		_, census, err := w.db.Tally(w.ctx(), w.account.ID)
		w.must(err)
		if census.Active != 1 {
			w.Errorf("%d users", census.Active)
		}
	},
	"next generation after the user is gone": func(w *world) {
		first := w.bound("42")
		w.remove(first.ID)
		found, err := w.db.Find(w.ctx(), convoke.Lookup{AccountID: w.account.ID, Source: convoke.SourceApp, ExternalID: "42"})
		w.must(err)
		if found.Binding == nil || found.Bound != nil {
			w.Fatalf("found %+v", found)
		}
		ids := make([]convoke.UserID, 50)
		for _, err := range parallel(len(ids), func(i int) error {
			d, err := w.ensure(w.account, convoke.Request{Source: convoke.SourceApp, ExternalID: "42"})
			ids[i] = d.User.ID
			return err
		}) {
			w.must(err)
		}
		bindings, err := w.db.BindingsOf(w.ctx(), w.account.ID, ids[0])
		w.must(err)
		if len(bindings) != 1 || bindings[0].Generation != 2 || ids[0] == first.ID {
			w.Errorf("bindings are %+v", bindings)
		}
	},
	"is found with the user, by the source": func(w *world) {
		user := w.bound("42")
		found, err := w.db.Find(w.ctx(), convoke.Lookup{AccountID: w.account.ID, Source: convoke.SourceApp, UserID: user.ID, Email: user.Email})
		w.must(err)
		if found.TargetBinding.Key() != "42" || found.HolderBinding.Key() != "42" {
			w.Errorf("the bindings are %+v and %+v", found.TargetBinding, found.HolderBinding)
		}
		found, err = w.db.Find(w.ctx(), convoke.Lookup{AccountID: w.account.ID, Source: convoke.SourceSCIM, UserID: user.ID})
		w.must(err)
		if found.Target == nil || found.TargetBinding != nil {
			w.Errorf("the user is %+v, and the binding of another source %+v", found.Target, found.TargetBinding)
		}
		found, err = w.db.Find(w.ctx(), convoke.Lookup{AccountID: w.account.ID, Source: convoke.SourceApp})
		w.must(err)
		if found.Policy.Account.ID != w.account.ID || found.Target != nil {
			w.Errorf("of nobody it finds %+v", found)
		}
	},
	"unbound, the user stays": func(w *world) {
		user := w.bound("42")
		unbind := func() error {
			return w.db.Change(w.ctx(), convoke.Lookup{AccountID: w.account.ID, Source: convoke.SourceApp, ExternalID: "42"},
				func(f convoke.Found) (convoke.Change, error) {
					if f.Binding == nil {
						return convoke.Change{}, convoke.NotFound(convoke.CodeBindingNotFound, "none")
					}
					return convoke.Unbind(*f.Binding, w.mark()), nil
				})
		}
		done := 0
		for _, err := range parallel(20, func(int) error { return unbind() }) {
			if err == nil {
				done++
			} else {
				w.wantCode(err, convoke.CodeBindingNotFound)
			}
		}
		if done != 1 {
			w.Errorf("unbound %d times", done)
		}
		if w.user(user.ID) == nil {
			w.Error("the user is gone")
		}
	},
	"found with who has the e-mail": func(w *world) {
		user := w.bound("42")
		for source, want := range map[convoke.Source]string{convoke.SourceApp: "42", convoke.SourceSAML: ""} {
			found, err := w.db.Find(w.ctx(), convoke.Lookup{
				AccountID: w.account.ID, Source: source, ExternalID: "43", Email: user.Email, UserID: user.ID,
			})
			w.must(err)
			if found.Holder == nil || found.Holder.ID != user.ID || (found.HolderBinding != nil) != (want != "") {
				w.Errorf("%s: found %+v", source, found)
			}
			if b := found.HolderBinding; b != nil && (b.ExternalID != want || b.UserID != user.ID) {
				w.Errorf("%s: the binding is %+v", source, b)
			}
		}
	},
	"exchanged for another in one change": func(w *world) {
		user := w.bound("42")
		lookup := convoke.Lookup{AccountID: w.account.ID, Source: convoke.SourceApp, ExternalID: "43", UserID: user.ID}
		w.must(w.db.Change(w.ctx(), lookup, func(f convoke.Found) (convoke.Change, error) {
			change := convoke.Unbind(*f.TargetBinding, w.mark())
			fresh := *f.TargetBinding
			fresh.ExternalID = "43"
			change.Binding = &fresh
			return change, nil
		}))
		bindings, err := w.db.BindingsOf(w.ctx(), w.account.ID, user.ID)
		w.must(err)
		if len(bindings) != 1 || bindings[0].ExternalID != "43" {
			w.Errorf("bindings are %+v", bindings)
		}
	},
	"one of a source for a user": func(w *world) {
		user := w.bound("first")
		w.must(w.db.Change(w.ctx(), convoke.Lookup{AccountID: w.account.ID, Source: convoke.SourceApp, ExternalID: "first"},
			func(f convoke.Found) (convoke.Change, error) { return convoke.Unbind(*f.Binding, w.mark()), nil }))
		done := 0
		for _, err := range parallel(20, func(i int) error {
			_, err := w.ensure(w.account, convoke.Request{Source: convoke.SourceApp, ExternalID: strconv.Itoa(i), UserID: user.ID})
			return err
		}) {
			if err == nil {
				done++
			} else {
				w.wantCode(err, convoke.CodeBoundElsewhere)
			}
		}
		if done != 1 {
			w.Errorf("bound to %d external ids", done)
		}
	},
	"listed in the order of bytes, page by page": func(w *world) {
		for _, id := range []string{"b", "a", "\x00", "é", "aa", "Z"} {
			w.bound(id)
		}
		var got []string
		for after := ""; ; {
			page, err := w.db.Bindings(w.ctx(), w.account.ID, convoke.SourceApp, after, 4)
			w.must(err)
			for _, b := range page {
				got = append(got, b.ExternalID)
			}
			if len(page) < 4 {
				break
			}
			after = page[3].ExternalID
		}
		if list := strings.Join(got, " "); list != "\x00 Z a aa b é" {
			w.Errorf("listed %q", list)
		}
	},
}
