// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// changePassword gives the user another password and returns the event.
func (w *world) changePassword() convoke.Event {
	w.Helper()
	var event convoke.Event
	w.change(func(f convoke.Found) (convoke.Change, error) {
		change, err := convoke.ChangePassword(*f.Target, "hash", convoke.Mark{At: w.now, By: convoke.Operator(home)})
		event = change.Events[0]
		return change, err
	})
	return event
}

func TestAChangedPasswordIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Acme")
	w.invite(func(*convoke.User) {})
	w.change(func(f convoke.Found) (convoke.Change, error) {
		active := *f.Target
		active.Status, active.StatusReason, active.PasswordHash = convoke.StatusActive, "", "old"
		return convoke.Change{Before: f.Target, After: &active}, nil
	})
	event := w.changePassword()
	if !w.sink.Wants(event) {
		t.Fatal("the sink does not want the event")
	}
	w.check(w.sink.Deliver(t.Context(), event))
	mails := w.mails()
	if len(mails) != 1 || mails[0].To != "ada@example.org" {
		t.Fatalf("the mails are %+v", mails)
	}
	w.contains("the mail", mails[0].Subject+mails[0].Text, "Acme", "Ada Lovelace", "was changed")
}

func TestAChangedPasswordIsNotToldToWhoHasNone(t *testing.T) {
	t.Parallel()
	for _, action := range []convoke.Action{convoke.ActionCustCreate, convoke.ActionSSOCreate} {
		w := newWorld(t, "Acme")
		w.invite(func(u *convoke.User) { u.Action = action })
		w.check(w.sink.Deliver(t.Context(), convoke.NewEvent(convoke.EventUserPasswordChanged, start, convoke.Payload{
			AccountID: home, Object: convoke.UserObject{ID: "user-00000000000000000", Email: "ada@example.org"},
		})))
		if mails := w.mails(); len(mails) > 0 {
			t.Errorf("%s: the mails are %+v", action, mails)
		}
	}
}
