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
	"of another account": func(w *world) {
		w.must(w.db.SaveMail(w.ctx(), convoke.Mail{AccountID: w.account.ID, CreatedAt: now}))
		all, err := w.db.Mails(w.ctx(), w.account.ID, 0, 1)
		w.must(err)
		_, err = w.db.Mail(w.ctx(), w.newAccount(0).ID, all[0].ID)
		w.wantCode(err, convoke.CodeMailNotFound)
	},
}
