// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

func TestOnlyTheOperatorOfTheAccountReadsTheOutbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Acme")
	w.check(w.sink.Deliver(t.Context(), w.invite(func(*convoke.User) {})))
	id := w.mails()[0].ID
	r := NewReader(w.db)
	list, err := r.Mails(t.Context(), convoke.Operator(home), 0, 10)
	w.check(err)
	one, err := r.Mail(t.Context(), convoke.Operator(home), id)
	w.check(err)
	if len(list) != 1 || list[0] != one {
		t.Errorf("mails are %+v and %+v", list, one)
	}
	stranger := convoke.Operator("other-account-00000000")
	if list, err := r.Mails(t.Context(), stranger, 0, 10); err != nil || len(list) != 0 {
		t.Errorf("another account sees %d mails, error %v", len(list), err)
	}
	if _, err := r.Mail(t.Context(), stranger, id); !convoke.HasCode(err, convoke.CodeMailNotFound) {
		t.Errorf("error is %v", err)
	}
	app := convoke.Principal{Kind: convoke.AppCaller, AccountID: home, Scopes: convoke.KnownScopes()}
	person := convoke.Principal{Kind: convoke.UserCaller, AccountID: home, UserID: "user-00000000000000000"}
	for _, p := range []convoke.Principal{{}, app, person} {
		if _, err := r.Mails(t.Context(), p, 0, 10); !convoke.HasCode(err, convoke.CodeNotOperator) {
			t.Errorf("error is %v", err)
		}
		if _, err := r.Mail(t.Context(), p, id); !convoke.HasCode(err, convoke.CodeNotOperator) {
			t.Errorf("error is %v", err)
		}
	}
}
