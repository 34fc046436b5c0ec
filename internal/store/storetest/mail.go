// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

var mailTests = map[string]func(*world){
	"listed newest first, page by page": func(w *world) {
		for i := range 5 {
			w.must(w.db.SaveMail(w.ctx(), convoke.Mail{
				AccountID: w.account.ID, To: "a@example.com", Subject: fmt.Sprint(i), Text: "Hello", CreatedAt: now.Add(time.Duration(i)),
			}))
		}
		page, err := w.db.Mails(w.ctx(), w.account.ID, 0, 3)
		w.must(err)
		rest, err := w.db.Mails(w.ctx(), w.account.ID, page[2].ID, 3)
		w.must(err)
		var subjects []string
		for _, m := range append(page, rest...) {
			subjects = append(subjects, m.Subject)
		}
		if got := strings.Join(subjects, ""); got != "43210" {
			w.Errorf("order is %s", got)
		}
		one, err := w.db.Mail(w.ctx(), w.account.ID, page[0].ID)
		w.must(err)
		if one != page[0] || one.Text != "Hello" || one.To != "a@example.com" {
			w.Errorf("read back %+v", one)
		}
	},
	"deleted when they are old, with the links that are over": func(w *world) {
		for i := range 1200 { // more than one commit's worth
			w.must(w.db.SaveMail(w.ctx(), convoke.Mail{AccountID: w.account.ID, CreatedAt: now.Add(time.Duration(i) * time.Millisecond)}))
		}
		user, id := w.invited()
		over := now.Add(convoke.InvitationLife)
		w.must(w.db.DeleteLetters(w.ctx(), now.Add(1198*time.Millisecond)))
		left, err := w.db.Mails(w.ctx(), w.account.ID, 0, 10)
		w.must(err)
		if len(left) != 1 || !left[0].CreatedAt.Equal(now.Add(1199*time.Millisecond)) {
			w.Errorf("left are %+v", left)
		}
		w.must(w.db.DeleteLetters(w.ctx(), over.Add(-time.Millisecond)))
		_, err = w.db.Invitation(w.ctx(), id)
		w.must(err)
		before := w.user(user.ID)
		w.must(w.db.DeleteLetters(w.ctx(), over))
		_, err = w.db.Invitation(w.ctx(), id)
		w.wantCode(err, convoke.CodeInvitationNotFound)
		after := w.user(user.ID).AsOf(over)
		if was := before.AsOf(over).StatusReason; after.Status != convoke.StatusPending || after.StatusReason != was || was != convoke.ReasonInvitationExpired {
			w.Errorf("the user was pending, %s, and is %s, %s", was, after.Status, after.StatusReason)
		}
		fresh := newFresh()
		w.must(w.byUser(w.account, user.ID, func(u convoke.User) (convoke.Change, error) { return convoke.Invite(u, fresh, w.mark()) }))
		w.must(w.accept(user.ID, fresh.InvitationID))
	},
	"of another account": func(w *world) {
		w.must(w.db.SaveMail(w.ctx(), convoke.Mail{AccountID: w.account.ID, CreatedAt: now}))
		all, err := w.db.Mails(w.ctx(), w.account.ID, 0, 1)
		w.must(err)
		_, err = w.db.Mail(w.ctx(), w.newAccount(0).ID, all[0].ID)
		w.wantCode(err, convoke.CodeMailNotFound)
	},
}
