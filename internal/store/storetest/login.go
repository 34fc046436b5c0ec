// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"
	"slices"

	"github.com/convoke/convoke/internal/convoke"
)

// active makes a user who has a password.
func (w *world) active() convoke.User {
	w.Helper()
	user, id := w.invited()
	w.must(w.accept(user.ID, id))
	return *w.user(user.ID)
}

var loginTests = map[string]func(*world){
	"replaced passwords are kept, the latest few": func(w *world) {
		user, other := w.active(), w.active()
		for i := range convoke.FormerPasswords + 3 {
			w.must(w.byUser(w.account, user.ID, func(u convoke.User) (convoke.Change, error) {
				u.DayCounts = convoke.DayCounts{}
				return convoke.ChangePassword(u, fmt.Sprint("hash ", i), w.mark())
			}))
		}
		former, err := w.db.FormerPasswords(w.ctx(), user.ID)
		w.must(err)
		want := []string{"hash 6", "hash 5", "hash 4", "hash 3", "hash 2"}
		if !slices.Equal(former, want) {
			w.Errorf("kept are %q, want %q", former, want)
		}
		if got := w.user(user.ID); got.PasswordHash != "hash 7" || got.DayCounts.Passwords.Count != 1 {
			w.Errorf("the user is %+v", got)
		}
		if former, err := w.db.FormerPasswords(w.ctx(), other.ID); err != nil || len(former) > 0 {
			w.Errorf("another user has %q: %v", former, err)
		}
		w.remove(user.ID)
		if former, err := w.db.FormerPasswords(w.ctx(), user.ID); err != nil || len(former) > 0 {
			w.Errorf("a removed user has %q: %v", former, err)
		}
	},
	"a new password ends the sessions": func(w *world) {
		user, other := w.active(), w.active()
		for i, u := range []convoke.User{user, other} {
			w.must(w.db.SaveSession(w.ctx(), convoke.Session{
				Hash: []byte{byte(i)}, Kind: convoke.SessionUser, AccountID: w.account.ID, UserID: u.ID, CreatedAt: now, ExpiresAt: now.AddDate(0, 0, 1),
			}))
		}
		w.must(w.byUser(w.account, user.ID, func(u convoke.User) (convoke.Change, error) { return convoke.ChangePassword(u, "new", w.mark()) }))
		_, err := w.db.Session(w.ctx(), []byte{0})
		if err == nil {
			w.Error("the session outlived the password that opened it")
		}
		_, err = w.db.Session(w.ctx(), []byte{1})
		w.must(err)
	},
	"settings and counts are kept": func(w *world) {
		user := w.bound("1")
		if user.Settings != nil {
			w.Errorf("a new user's settings are %s", user.Settings)
		}
		set := `{"in_meeting":{"waiting_room":true}}`
		w.must(w.byUser(w.account, user.ID, func(u convoke.User) (convoke.Change, error) {
			return convoke.UpdateSettings(u, []byte(set), w.mark())
		}))
		if got := w.user(user.ID); string(got.Settings) != set || !got.EmbedsPasscode() {
			w.Errorf("the settings are %s", got.Settings)
		}
	},
	"meetings go to the heir": func(w *world) {
		user, heir := w.bound("1"), w.bound("2")
		kept, personal := newMeeting(user, "room"), convoke.NewPersonalMeeting(user, convoke.FreshMeeting{UUID: newID()}, w.mark())
		w.schedule(kept)
		w.schedule(personal)
		w.schedule(newMeeting(heir, "room")) // the heir has the same key already
		before := len(w.events(w.account.ID, 1))
		w.must(w.db.Change(w.ctx(), convoke.Lookup{AccountID: w.account.ID, UserID: user.ID, OtherID: heir.ID}, func(f convoke.Found) (convoke.Change, error) {
			if f.Other == nil || f.Other.ID != heir.ID {
				w.Fatalf("found is %+v", f.Other)
			}
			return convoke.RemoveTo(*f.Target, convoke.Delete, *f.Other, f.Policy, w.mark())
		}))
		found, err := w.db.FindMeeting(w.ctx(), convoke.MeetingLookup{AccountID: w.account.ID, ID: kept.ID})
		w.must(err)
		if found.Meeting == nil || found.Meeting.HostID != heir.ID || found.Meeting.ExternalID != "" {
			w.Errorf("the meeting is %+v", found.Meeting)
		}
		found, err = w.db.FindMeeting(w.ctx(), convoke.MeetingLookup{AccountID: w.account.ID, ID: personal.ID})
		w.must(err)
		if found.Meeting != nil {
			w.Errorf("the personal meeting is %+v", found.Meeting)
		}
		if events := w.events(w.account.ID, before+2); events[before].Name != convoke.EventMeetingsTransferred || events[before+1].Name != convoke.EventUserDeleted {
			w.Errorf("the events are %+v", events[before:])
		}
	},
	"another account's user is no heir": func(w *world) {
		user := w.bound("1")
		elsewhere := w.newAccount(convoke.NoSeatLimit)
		stranger, err := w.ensure(elsewhere, convoke.Request{Source: convoke.SourceApp, ExternalID: "1"})
		w.must(err)
		found, err := w.db.Find(w.ctx(), convoke.Lookup{AccountID: w.account.ID, UserID: user.ID, OtherID: stranger.User.ID})
		w.must(err)
		if found.Other != nil {
			w.Errorf("found %+v", found.Other)
		}
	},
}
