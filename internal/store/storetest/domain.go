// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"reflect"

	"github.com/convoke/convoke/internal/convoke"
)

var domainTests = map[string]func(*world){
	"saved, verified, listed": func(w *world) {
		domain := convoke.Domain{AccountID: w.account.ID, Name: "example.com", CreatedAt: now}
		w.must(w.db.SaveDomain(w.ctx(), domain))
		w.managed("a@example.com", false, false)
		domain.VerifiedAt = now
		w.must(w.db.SaveDomain(w.ctx(), domain))
		w.must(w.db.SaveDomain(w.ctx(), convoke.Domain{AccountID: w.account.ID, Name: "a.example", CreatedAt: now}))
		w.managed("a@EXAMPLE.com", true, true)
		w.managed("a@a.example", true, false)
		all, err := w.db.Domains(w.ctx(), w.account.ID)
		w.must(err)
		if len(all) != 2 || all[0].Name != "a.example" || !reflect.DeepEqual(all[1], domain) {
			w.Errorf("listed %+v", all)
		}
	},
	"verified by one account": func(w *world) {
		other := w.newAccount(0)
		w.must(w.db.SaveDomain(w.ctx(), convoke.Domain{AccountID: other.ID, Name: "example.com", CreatedAt: now, VerifiedAt: now}))
		mine := convoke.Domain{AccountID: w.account.ID, Name: "example.com", CreatedAt: now}
		w.must(w.db.SaveDomain(w.ctx(), mine))
		mine.VerifiedAt = now
		w.wantCode(w.db.SaveDomain(w.ctx(), mine), convoke.CodeDomainTaken)
		w.managed("a@example.com", false, false)
	},
}

// managed checks what the policy says about an e-mail.
func (w *world) managed(email string, some, this bool) {
	w.Helper()
	found, err := w.db.Find(w.ctx(), convoke.Lookup{AccountID: w.account.ID, Email: email})
	w.must(err)
	if found.Policy.ManagedDomains != some || found.Policy.EmailManaged != this {
		w.Errorf("%s: policy is %+v", email, found.Policy)
	}
}
